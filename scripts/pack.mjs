// `prepack`: makes of dist/ what the package holds: JavaScript in few, minified files (functions and classes keep their
// names, for stacks), the types that the faces of the package reach, and the files of the pages. What is left is no build of this
// clone any more: npm start builds anew. Why: docs/decisions/0047-what-the-package-holds.md
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BUNDLE, copyPages, filesOf, root, shortenFiles, typesFrom } from './packing.mjs';

const dist = join(root, 'dist/src');
/** What the server reads as it is: src/page-files.ts. */
const PAGES = ['page-kit', 'operator-page', 'sandbox/page', 'sandbox/openapi.json'];

/** Declarations that only other declarations use, by the beginning of their path: nobody reads their comments in an editor. */
const UNSEEN = [
  'account-services',
  'adapters/',
  'api/access-points/',
  'api/call-budget',
  'api/callback-figures',
  'api/catalogue/endpoint',
  'api/credential',
  'api/execute-call',
  'api/fetch-token',
  'api/gateway/',
  'api/given-tokens',
  'api/media/read-media',
  'api/media/upload-once',
  'api/response',
  'api/retry-policy',
  'api/send-permission',
  'api/ticket-',
  'api/token-',
  'api/unlisted-call',
  'app.d.ts',
  'config/',
  'crypto/',
  'handler-runtime/router',
  'http/',
  'language-model/chunk',
  'operations/',
  'pipeline/',
  'ports/',
  'protocol/callback-query',
  'protocol/choice-ids',
  'protocol/cipher',
  'protocol/envelope',
  'protocol/late-template',
  'protocol/open-passive-reply',
  'protocol/passive-xml',
  'protocol/read-passive-reply',
  'protocol/sign-push',
  'push-record/',
  'running-accounts',
];
/**
 * Types of the table of settings, which only the readers of settings use: no face of the package shows one. The compiler
 * of the package's test would find out.
 */
const UNUSED = {
  'config/variables.d.ts':
    'export type Values = Readonly<Record<string, unknown>>;\nexport type VariableName = string;\nexport type Variable<T = unknown> = object & { _?: T };\n',
};
const COMMENT = /^[ \t]*\/\*\*[^]*?\*\/\n/gm;

const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
if (status === 0) {
  await bundle();
  copyPages(PAGES, dist);
  await shortenFiles(dist);
  for (const [file, types] of Object.entries(UNUSED)) writeFileSync(join(dist, file), types);
  const reached = typesFrom(faces().map(({ types }) => join(root, types)));
  for (const file of filesOf(dist).filter((path) => path.endsWith('.d.ts')))
    if (reached.has(file)) writeFileSync(file, shortenTypes(file));
    else rmSync(file);
  rmSync(join(root, 'dist/built'));
  rmSync(join(root, 'dist/handlers'), { recursive: true, force: true });
} else process.exitCode = status ?? 1;

/**
 * Puts one file and what several of them share in place of the many. Files stay where other code looks for them by
 * their place: shared ones lie in dist/src, as page-files.js and load-demo.js did.
 */
async function bundle() {
  const entries = [
    ...faces().map((face) => join(root, face.default)),
    ...['main.js', 'cli/main.js'].map((path) => join(dist, path)),
    ...filesOf(join(dist, 'demo')).filter((path) => path.endsWith('.js')),
  ].map((path) => ({ in: path, out: relative(dist, path).replace(/\.js$/, '') }));
  const to = join(root, 'dist/bundled');
  await build({
    // The hook runs in a thread of its own, beside whichever file registers it.
    entryPoints: [...entries, { in: join(dist, 'handler-runtime/reload-hook.js'), out: 'reload-hook' }],
    outdir: to,
    ...BUNDLE,
  });
  for (const file of filesOf(dist)) if (file.endsWith('.js')) rmSync(file);
  cpSync(to, dist, { recursive: true });
  rmSync(to, { recursive: true });
}

/** What package.json exports. */
function faces() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.values(exports).filter(({ types }) => types !== undefined);
}

/** @param {string} file */
function shortenTypes(file) {
  const text = readFileSync(file, 'utf8');
  const path = relative(dist, file).replaceAll('\\', '/');
  const isUnseen = UNSEEN.some((start) => path.startsWith(start));
  return (isUnseen ? text.replaceAll(COMMENT, '') : text).replaceAll(/^(?: {4})+/gm, (indent) =>
    ' '.repeat(indent.length / 4),
  );
}
