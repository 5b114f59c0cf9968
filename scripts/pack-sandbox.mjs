// `prepack` of packages/sandbox: makes its dist/ of the sources of the sandbox, which lie in src/, and copies the pages about it.
// Why so: docs/decisions/0070-the-sandbox-is-packed-from-the-sources.md
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUNDLE, copyPages, filesOf, root, shortenFiles, typesFrom } from './packing.mjs';

const folder = join(root, 'packages/sandbox');
const dist = join(folder, 'dist');
/** What the sandbox reads as it is: src/page-files.ts. */
const PAGES = ['page-kit', 'sandbox/page', 'sandbox/openapi.json'];
const DOCS = ['conformance', 'sandbox-api', 'sandbox-differences'].flatMap((name) => [
  `${name}.md`,
  `zh/${name}.md`,
]);

rmSync(dist, { recursive: true, force: true });
rmSync(join(folder, 'docs'), { recursive: true, force: true });
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' });
if (status === 0) {
  const names = ['index', 'wechat-sandbox', 'wechat-conformance'];
  await build({
    ...BUNDLE,
    entryPoints: names.map((name) => join(folder, 'src', `${name}.ts`)),
    outdir: dist,
  });
  copyPages(PAGES, dist);
  await shortenFiles(dist);
  const reached = typesFrom([join(dist, 'types/packages/sandbox/src/index.d.ts')]);
  for (const file of filesOf(join(dist, 'types'))) if (!reached.has(file)) rmSync(file);
  for (const page of DOCS) {
    mkdirSync(dirname(join(folder, 'docs', page)), { recursive: true });
    cpSync(join(root, 'docs', page), join(folder, 'docs', page));
  }
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
} else process.exitCode = status ?? 1;
