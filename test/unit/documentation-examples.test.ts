import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const PAGES = [
  'README.md',
  'README.zh-CN.md',
  'docs/handlers.md',
  'docs/language-model.md',
  'docs/embedding.md',
];

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

/** What the examples may import beside the public face. */
const ours = readdirSync('handlers', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const path = join('handlers', name);
    return { path, code: readFileSync(path, 'utf8') };
  });
/** One and the same for all, so that it is read once. */
const INDEX = resolve('src/index.js');

/** A folder below the repository, so that packages are found, for each page: its examples beside our own handlers. */
async function place(ground: string): Promise<void> {
  for (const page of PAGES) {
    const folder = join(ground, page.replaceAll(/\W/g, '-'));
    await mkdir(folder);
    for (const { path, code } of [...ours, ...examples.filter((example) => example.page === page)]) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), code.replaceAll(/'(?:\.\.\/)+src\/index\.js'/g, `'${INDEX}'`));
    }
  }
  const settings = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      skipLibCheck: true,
      rootDir: resolve('.'),
      paths: { 'wechat-callback-server': [resolve('src/index.ts')] },
    },
    include: ['*/handlers', '*/test', resolve('src/types')],
  };
  await writeFile(join(ground, 'tsconfig.json'), JSON.stringify(settings));
}

/** What tsc finds wrong with the examples, a line each. */
async function compile(ground: string): Promise<string[]> {
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', ground, '--pretty', 'false'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ground }).catch(
    (failed: unknown) => ({ stdout: String(Reflect.get(Object(failed), 'stdout')) }),
  );
  return stdout.split('\n').filter((line) => /^[^\s.].*error TS/.test(line));
}

describe('given the examples of the documentation', () => {
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
