import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { check, resolveConfig } from 'prettier';
import { handlerFiles } from '../../../../src/cli/new-handler/handler-files.js';
import { pushKinds } from '../../../../src/protocol/push/push.js';

const written = pushKinds.map((kind) => {
  const name = kind.replaceAll('.', '-');
  const order = { kind, name, runner: 'node', handlerPath: `../handlers/${name}.js` } as const;
  return { kind, name, ...handlerFiles(order) };
});

let dir: string;
beforeAll(() => {
  mkdirSync('data', { recursive: true });
  // Below the repository, so that the package and its types are found.
  dir = mkdtempSync(resolve('data/new-handler-'));
  for (const folder of ['handlers', 'test']) mkdirSync(join(dir, folder));
  for (const { name, handler, test: text } of written) {
    writeFileSync(join(dir, `handlers/${name}.ts`), handler);
    writeFileSync(join(dir, `test/${name}.test.ts`), text);
  }
});
afterAll(() => rmSync(dir, { recursive: true }));

const run = (...args: readonly string[]) => spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });

describe('given a handler and a test written for every kind of push', () => {
  test('when they are compiled, then the types are right', () => {
    const settings = {
      extends: resolve('tsconfig.json'),
      compilerOptions: { noEmit: true, rootDir: resolve('.') },
      include: ['handlers', 'test', resolve('src/types')],
    };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(settings));
    expect(run(resolve('node_modules/typescript/bin/tsc'), '-p', dir, '--pretty', 'false').stdout).toBe('');
  }, 120_000);

  test('when the tests are run, then all pass', () => {
    writeFileSync(
      join(dir, 'all.mjs'),
      written.map(({ name }) => `import './test/${name}.test.ts';\n`).join(''),
    );
    const { stdout } = run('--conditions=wechat-callback-source', '--import', 'tsx', join(dir, 'all.mjs'));
    expect(stdout).toContain(`# pass ${pushKinds.length}\n`);
  }, 120_000);

  test('when they are formatted, then nothing changes', async () => {
    const options = { ...(await resolveConfig('src/index.ts')), parser: 'typescript' };
    const checked = await Promise.all(
      written.flatMap(({ kind, name, handler, test: text }) => {
        const jest = handlerFiles({ kind, name, runner: 'jest', handlerPath: '../handlers/it.js' });
        return [handler, text, jest.test].map(async (code) => ((await check(code, options)) ? [] : [kind]));
      }),
    );
    expect(checked.flat()).toEqual([]);
  });
});
