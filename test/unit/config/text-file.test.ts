import { describe, expect, test } from '@jest/globals';
import { readJson } from '../../../src/config/json-text.js';
import { decodeText, TextNotUtf8 } from '../../../src/config/text-file.js';

/** `天气` in GBK. */
const GBK = [0xcc, 0xec, 0xc6, 0xf8];
const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('given the bytes of a text file', () => {
  test('when they begin with a byte order mark, then the text is what stands behind it', () => {
    expect(decodeText(bytes([0xef, 0xbb, 0xbf], 'a: 天气\r\n'))).toBe('a: 天气\r\n');
    expect(decodeText(bytes('a\uFEFFb'))).toBe('a\uFEFFb');
    expect(decodeText(bytes())).toBe('');
  });

  test('when a line is in GBK, then it is refused with the number of the line', () => {
    const refused = () => decodeText(bytes('button:\n  - name: ', GBK, '\n'));
    expect(refused).toThrow(TextNotUtf8);
    expect(refused).toThrow(/^is not UTF-8 in line 2, perhaps GBK: save it as UTF-8$/);
    expect(() => decodeText(bytes(GBK))).toThrow(/line 1/);
  });

  test('when they are UTF-16, as Windows PowerShell writes, then it is refused as that', () => {
    expect(() => decodeText(bytes([0xff, 0xfe], [0x41, 0, 0x3d, 0]))).toThrow(
      /^is UTF-16: save it as UTF-8$/,
    );
    expect(() => decodeText(bytes([0xfe, 0xff], [0, 0x41]))).toThrow(/UTF-16/);
  });
});

describe('given a text that should be JSON', () => {
  test.each([
    ['{\n  "a": 1,\n}', /^line 3, column 1: .*comma too many/],
    ['[1,\n]', /^line 2, column 1: .*comma too many/],
    ['{\n// c\n"a": 1}', /^line 2, column 1: JSON has no comments/],
    ["{'a': 1}", /^line 1, column 2: .*double quotes/],
    ['{"a": "secret-value', /^line 1, column 7: the closing quote is missing/],
    ['{"a": 1} x', /^line 1, column 10: /],
    ['', /^line 1, column 1: a value is expected/],
  ])('when it is %j, then the place is told and nothing is quoted', (text, where) => {
    const read = readJson(text);
    expect(read).toMatchObject({ type: 'broken', where: { en: expect.stringMatching(where) } });
    expect(JSON.stringify(read)).not.toContain('secret-value');
  });

  test('when it is JSON, then it is read', () => {
    expect(readJson(' {"a":[1]}\r\n')).toEqual({ type: 'json', value: { a: [1] } });
  });
});
