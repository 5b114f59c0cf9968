import { describe, expect, test } from '@jest/globals';
import { exampleOf, publicExports } from '../../support/app/public-exports.js';

const all = publicExports('src/index.ts');
const OPTIONS = /Options?$|^Origin$|^SessionWrite$/;

describe('given every export of the package', () => {
  test('when its comment is read, then it says what it is and shows how it is used', () => {
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter(({ comment }) => exampleOf(comment) === '').map(({ name }) => name)).toEqual([]);
  });

  test('when it holds options, then each says what it is by default', () => {
    const options = all.filter(({ name }) => OPTIONS.test(name));
    expect(options.length).toBeGreaterThan(6);
    const silent = options.flatMap(({ name, optional }) =>
      optional
        .filter(({ comment }) => !comment.includes('@defaultValue'))
        .map((one) => `${name}.${one.name}`),
    );
    expect(silent).toEqual([]);
  });
});
