import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { splitText } from '../../../src/protocol/split-text.js';

const squeezed = (text: string): string => text.replaceAll(/\s/g, '');

describe('given a text that is longer than one message', () => {
  test('when it fits, then it stays one part, as it is', () => {
    expect(splitText(' 你好 ', 2048)).toEqual([' 你好 ']);
    expect(splitText('', 2048)).toEqual(['']);
  });

  test('when it has paragraphs, then it is cut between them', () => {
    expect(splitText(`${'a'.repeat(30)}。\n\n${'b'.repeat(30)}`, 40)).toEqual([
      `${'a'.repeat(30)}。`,
      'b'.repeat(30),
    ]);
  });

  test('when it has sentences only, then it is cut after one', () => {
    expect(splitText('今天天气很好。我们去公园吧！好不好？', 30)).toEqual([
      '今天天气很好。',
      '我们去公园吧！',
      '好不好？',
    ]);
  });

  test('when a link stands at the limit, then it stays whole', () => {
    const link = '<a href="https://example.com/a b">点这里 看看</a>';
    const parts = splitText(`${'字'.repeat(10)}${link}`, 70);
    expect(parts).toEqual(['字'.repeat(10), link]);
  });

  test('when an emoji of several code points stands at the limit, then it stays whole', () => {
    expect(splitText('ab👨‍👩‍👧‍👦cd', 10)).toEqual(['ab', '👨‍👩‍👧‍👦', 'cd']);
  });

  test('when it is anything, then every part fits, none is empty, and nothing but blanks is lost', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'grapheme', maxLength: 40 }),
            fc.constantFrom(
              '。',
              '\n\n',
              '\n',
              ' ',
              '<a href="https://a.b/c">点</a>',
              'https://example.com/x?y=z',
            ),
          ),
          { maxLength: 60 },
        ),
        fc.integer({ min: 80, max: 400 }),
        (pieces, limit) => {
          const text = pieces.join('');
          const parts = splitText(text, limit);
          for (const part of parts) {
            expect(Buffer.byteLength(part)).toBeLessThanOrEqual(limit);
            if (parts.length > 1) expect(part).not.toBe('');
          }
          expect(squeezed(parts.join(''))).toBe(squeezed(text));
        },
      ),
    );
  });
});
