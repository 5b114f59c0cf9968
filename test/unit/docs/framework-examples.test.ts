import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const EXAMPLES = [
  'wechat.mjs',
  'express.mjs',
  'koa.mjs',
  'fastify.mjs',
  'hono.mjs',
  'nest.mjs',
  'next/pages/api/wechat.mjs',
];

/** By the name in its first line, each example on a page. */
const examplesOf = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...readFileSync(page, 'utf8').matchAll(/^```js\n(\/\/ (\S+\.mjs)\n[^]*?)^```$/gm)].map(
      ([, code = '', name = '']) => [name, code],
    ),
  );

describe.each(['docs/embedding.md', 'docs/zh/embedding.md'])('given the frameworks on %s', (page) => {
  test('when its examples are compared with those that are run, then they are the same', () => {
    const files = EXAMPLES.map((name) => [name, readFileSync(`examples/frameworks/${name}`, 'utf8')]);
    expect(examplesOf(page)).toEqual(Object.fromEntries(files));
  });
});

describe('given Express 4', () => {
  test('when its example is compared with that of Express 5, then it differs in the package alone', () => {
    const [five, four] = ['express.mjs', 'express4.mjs'].map((name) =>
      readFileSync(`examples/frameworks/${name}`, 'utf8'),
    );
    expect(four?.replaceAll('express4', 'express')).toBe(five);
  });
});
