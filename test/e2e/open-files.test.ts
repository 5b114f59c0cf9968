import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { connectionsWithin } from '../../src/open-files.js';

/** Exit code and standard error of a program that may open so few files. */
function runWith(
  files: number,
  program: string,
  ...args: string[]
): Promise<{ code: unknown; said: string }> {
  const line = `ulimit -n ${files} && exec "$@"`;
  const env = {
    PATH: process.env['PATH'],
    WECHAT_APP_ID: 'wx1',
    WECHAT_TOKEN: 't',
    PORT: '0',
    ADMIN_PORT: '0',
  };
  return new Promise((done) => {
    execFile(
      'sh',
      ['-c', line, 'sh', process.execPath, resolve(program), ...args],
      { env },
      (error, _out, said) => done({ code: error?.code, said }),
    );
  });
}

describe('given a process that may open few files', () => {
  test.each([
    [20, 'dist/src/main.js', []],
    [64, 'dist/src/main.js', []],
    [20, 'dist/src/cli/main.js', ['serve']],
    [64, 'dist/src/cli/main.js', ['serve']],
  ])(
    'when it may open %i and %s starts, then a sentence says so, without a stack',
    async (files, program, args) => {
      const { code, said } = await runWith(files, program, ...args);
      expect(code).toBe(1);
      expect(said).toMatch(/^The server cannot start: .*files[^]*ulimit -n/);
      expect(said).not.toMatch(/\n\s+at |node:internal/);
      expect(said.trim().split('\n').length).toBeLessThan(8);
    },
  );
});

describe('given a limit to open files', () => {
  test.each([
    [20_000, undefined, 20_000],
    [20_000, 1_048_576, 20_000],
    [20_000, 1_024, 896],
    [500, 1_024, 500],
    [20_000, 140, 35],
  ])('when %i connections are wanted and %p files may be open, then %i are held', (wanted, files, held) => {
    expect(connectionsWithin(wanted, files)).toBe(held);
  });
});
