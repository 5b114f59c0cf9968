import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { exampleModules, publicExports } from '../support/app/public-exports.js';

/** Every page with TypeScript. The Chinese pages have the same code: docs/languages.test.ts. */
const PAGES = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))].filter(
  (path) => path.endsWith('.md') && /^```ts$/m.test(readFileSync(path, 'utf8')),
);

interface Example {
  /** The page, and where its first line says that the file stands. */
  readonly page: string;
  readonly path: string;
  readonly code: string;
}

const examples = PAGES.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = ''], index): Example => ({
    page,
    path: /^\/\/ ((?:handlers|test)\/[\w./-]+\.ts)/.exec(code)?.[1] ?? `handlers/example-${index}.ts`,
    code,
  })),
);

/** Modules that the examples may import besides the public API, where a reader copies them to. */
const demo = readdirSync('src/demo')
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ path: join('handlers', name), code: readFileSync(join('src/demo', name), 'utf8') }));

/** The faces of the package, by the name that they are imported under. */
const FACES = {
  'wechat-callback-server': 'src/index.ts',
  'wechat-callback-server/language-model': 'src/language-model/language-model.ts',
};

/** A folder below the repository, so that packages are found, for each page: its examples beside the demo handlers. */
async function place(ground: string): Promise<void> {
  for (const page of PAGES) {
    const folder = join(ground, page.replaceAll(/\W/g, '-'));
    await mkdir(folder);
    for (const { path, code } of [...demo, ...examples.filter((example) => example.page === page)]) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), code);
    }
  }
  for (const [index, [face, entry]] of Object.entries(FACES).entries()) {
    const folder = join(ground, `exports-${index}/handlers`);
    await mkdir(folder, { recursive: true });
    for (const [file, text] of exampleModules(publicExports(entry), face))
      await writeFile(join(folder, file), text);
  }
  const settings = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      skipLibCheck: true,
      rootDir: resolve('.'),
    },
    include: ['*/handlers', '*/test', resolve('src/types')],
  };
  await writeFile(join(ground, 'tsconfig.json'), JSON.stringify(settings));
}

/** Returns the errors of tsc in the examples, one a line. */
async function compile(ground: string): Promise<string[]> {
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', ground, '--pretty', 'false'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ground }).catch(
    (failed: unknown) => ({ stdout: String(Reflect.get(Object(failed), 'stdout')) }),
  );
  // An example in a comment may declare a name that nothing uses.
  return stdout
    .split('\n')
    .filter((line) => /^[^\s.].*error TS/.test(line) && !/^exports-\d\/.*error TS6\d\d\d:/.test(line));
}

describe('given the examples of the documentation and of the public comments', () => {
  test('when they are put where they say they stand, then all of them compile', async () => {
    expect(examples.length).toBeGreaterThan(8);
    await mkdir('data', { recursive: true });
    const ground = await mkdtemp(resolve('data/examples-'));
    try {
      await place(ground);
      expect(await compile(ground)).toEqual([]);
    } finally {
      await rm(ground, { recursive: true });
    }
  }, 240_000);
});
