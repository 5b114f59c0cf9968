import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { lineDiff } from '../../../src/cli/line-diff.js';

describe('given two texts', () => {
  test('when one line differs, then what went comes before what came', () => {
    expect(lineDiff('a\nb\nc', 'a\nx\nc')).toEqual(['  a', '- b', '+ x', '  c']);
  });

  test('when they are any texts, then the lines without what came are the one, without what went the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = lineDiff(before.join('\n'), after.join('\n'));
        const without = (mark: string) =>
          diff.filter((line) => !line.startsWith(mark)).map((line) => line.slice(2));
        expect(without('+ ')).toEqual(before);
        expect(without('- ')).toEqual(after);
      }),
    );
  });
});
