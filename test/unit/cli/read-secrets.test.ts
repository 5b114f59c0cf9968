import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UsageInvalid } from '../../../src/cli/command.js';
import { readSecrets } from '../../../src/cli/read-secrets.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const file = (text: string): string => {
  const path = join(dir, 'secret');
  writeFileSync(path, text);
  return path;
};
const input = (text: string): Readable => Readable.from([text]);

describe('given secrets for a command', () => {
  test('when they are dashes, then each takes a line of the input, in the order of the options', async () => {
    const read = readSecrets(
      ['token', 'aes-key'],
      { 'aes-key': '-', token: '-' },
      input('first\nsecond\nthird\n'),
    );
    expect(await read).toEqual({ token: 'first', 'aes-key': 'second' });
  });

  test('when one is a file, then its line break does not belong to it', async () => {
    const values = { 'token-file': file('secret\r\n'), 'aes-key': 'given' };
    expect(await readSecrets(['token', 'aes-key'], values, input(''))).toEqual({
      token: 'secret',
      'aes-key': 'given',
    });
  });

  test('when none is given, then the input is not read', async () => {
    const untouched = new Readable({
      read: () => {
        throw new Error('read');
      },
    });
    expect(await readSecrets(['token'], {}, untouched)).toEqual({});
  });

  test.each([
    ['both', () => ({ token: 'a', 'token-file': file('b') }), /--token and --token-file/],
    ['a file that is not there', () => ({ 'token-file': join(dir, 'none') }), /--token-file .*none.*ENOENT/],
    ['an empty input', () => ({ token: '-' }), /no line/],
  ])('when it is %s, then that is a fault of usage', async (_what, values, said) => {
    const read = readSecrets(['token'], values(), input(''));
    await expect(read).rejects.toThrow(UsageInvalid);
    await expect(read).rejects.toThrow(said);
  });
});
