import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { stripForbiddenCharacters } from '../../../src/protocol/strip-forbidden-characters.js';
import { splitText } from '../../../src/text/split-text.js';
import { inLongForm } from '../../support/proof/long-form.js';

const bytes = (text: string): number => Buffer.byteLength(text);

describe('given a text that is longer than one message', () => {
  test('when it fits, then it stays one part, as it is', () => {
    expect(splitText(' 你好 ', 2048)).toEqual([' 你好 ']);
    expect(splitText('', 2048)).toEqual(['']);
    expect(splitText('字'.repeat(682) + 'ab')).toHaveLength(1);
    expect(splitText('字'.repeat(682) + 'abc')).toHaveLength(2);
  });

  test('when it has paragraphs, then it is cut between them, and the blank line stays with the first', () => {
    expect(splitText(`${'a'.repeat(30)}。\n\n${'b'.repeat(30)}`, 40)).toEqual([
      `${'a'.repeat(30)}。\n\n`,
      'b'.repeat(30),
    ]);
  });

  test('when it has lines only, then it is cut after one', () => {
    expect(splitText('first line. goes on\nsecond line', 25)).toEqual([
      'first line. goes on\n',
      'second line',
    ]);
  });

  test('when it has sentences only, then it is cut after one', () => {
    expect(splitText('今天天气很好。我们去公园吧！好不好？', 30)).toEqual([
      '今天天气很好。',
      '我们去公园吧！',
      '好不好？',
    ]);
    expect(splitText('他说：“走吧！”然后我们就走了', 30)).toEqual(['他说：“走吧！”', '然后我们就走了']);
    expect(splitText('It is 3.14159 or so. Is it not?', 22)).toEqual(['It is 3.14159 or so. ', 'Is it not?']);
  });

  test('when it has clauses or words only, then it is cut after one', () => {
    expect(splitText('太阳落山，月亮升起来照着大地', 24)).toEqual(['太阳落山，', '月亮升起来照着大', '地']);
    expect(splitText('one two three four', 12)).toEqual(['one two ', 'three four']);
    expect(splitText('你好你好wonderful世界', 18)).toEqual(['你好你好', 'wonderful世界']);
  });

  test('when the next character would stand badly at a beginning, then one more goes with it', () => {
    expect(splitText('一二三四五六。七', 18)).toEqual(['一二三四五', '六。七']);
    expect(splitText('一二三四五（六七', 18)).toEqual(['一二三四五', '（六七']);
  });

  test('when a link stands at the limit, then it stays whole', () => {
    const link = '<a href="https://example.com/a b">点这里 看看</a>';
    expect(splitText(`${'字'.repeat(10)}${link}`, 70)).toEqual(['字'.repeat(10), link]);
  });

  test('when a link alone is longer than a part, then at least its tag and its address stay whole', () => {
    const tag = '<a href="https://example.com/a">';
    const parts = splitText(`好的${tag}${'点'.repeat(30)}</a>`, 60);
    expect(parts.filter((part) => part.includes(tag))).toHaveLength(1);
    expect(parts.join('')).toBe(`好的${tag}${'点'.repeat(30)}</a>`);
  });

  test('when an address stands at the limit, then it stays whole', () => {
    const address = 'https://example.com/路径?a=1,2&b=c.d;e';
    expect(splitText(`${'字'.repeat(10)}${address}。`, 50)).toEqual(['字'.repeat(10), `${address}。`]);
  });

  test('when it has fenced code, then its lines stay whole', () => {
    const line = 'const answer = await ask(question, { patience: 3 });\n';
    const parts = splitText(`看这段代码：\n\`\`\`ts\n${line.repeat(6)}\`\`\`\n就这样。`, 120);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts.slice(0, -1)) expect(part.endsWith('\n')).toBe(true);
  });

  test('when an emoji of several code points stands at the limit, then it stays whole', () => {
    expect(splitText('ab👨‍👩‍👧‍👦cd', 26)).toEqual(['ab', '👨‍👩‍👧‍👦', 'cd']);
  });

  test('when one character alone is longer than a part, then it is cut between code points', () => {
    const parts = splitText(`a${'\u0301'.repeat(100)}b`, 21);
    expect(parts.join('')).toBe(`a${'\u0301'.repeat(100)}b`);
    expect(Math.max(...parts.map(bytes))).toBeLessThanOrEqual(21);
    const broken = splitText('👨‍👩', 4);
    expect(broken.map(stripForbiddenCharacters)).toEqual(broken); // no half of a pair
  });

  test('when it holds what cannot travel, then that is not in the parts', () => {
    expect(splitText(`\u0000${'ab\uD800'.repeat(20)}\u0007`, 15)).toEqual([
      'ab'.repeat(7) + 'a',
      'b' + 'ab'.repeat(7),
      'ab'.repeat(5),
    ]);
  });
});

/** Spans that must never be cut; none is longer than the smallest limit in the tests. Graphemes are looked at one by one besides. */
const SOLID = [
  '<a href="https://a.b/c">点 我。</a>',
  '<a href="x">y</a>',
  '<b>',
  '</b>',
  'https://example.com/x?y=z&a=1,2',
  'http://例子.cn/路',
  'weixin://dl/chat',
];
const PIECES = [
  SOLID,
  ['。', '，', '\n\n', '\n', ' ', '. ', '?', '“', '”', '　', '\r\n', '       '],
  ['今天天气很好', 'hello', 'wonderful', '3.14', 'x', '𠮷', '한국어', 'नमस्ते', 'สวัสดี'],
  ['שלום', 'مرحبا', '\u200f', '\u202e'],
  ['👨‍👩‍👧‍👦', '🇨🇳', '👍🏽', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️', 'e\u0301\u0323', '\u1112\u1161\u11ab', '\u0301', '\u200d', '\ufe0f'],
  ['```\n', '```js\n', '~~~\n', '`code`', 'let a = 1; // b\n'],
  ['<a ', '<', '>', '</a>', '://'],
  ['\u0007', '\u0000', '\uD83D', '\uFFFF', '\u007F'],
].flat();

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** Names what is wrong with a split, '' if nothing. Not by `expect`, which is too slow for so many. */
function faultOf(pieces: readonly string[], limit: number): string {
  const text = stripForbiddenCharacters(pieces.join(''));
  const parts = splitText(pieces.join(''), limit);
  if (parts.join('') !== text) return 'joined, the parts are not the text';
  if (parts.some((part) => bytes(part) > limit)) return 'a part is over the limit';
  if (parts.length > 1 && parts.includes('')) return 'a part is empty';
  const segments = graphemes.segment(text);
  let piece = 0;
  let pieceEnd = 0;
  let cut = 0;
  for (const part of parts.slice(0, -1)) {
    cut += part.length;
    const grapheme = segments.containing(cut);
    if (grapheme !== undefined && grapheme.index < cut && bytes(grapheme.segment) <= limit)
      return `a grapheme is cut: ${JSON.stringify(grapheme.segment)}`;
    while (pieceEnd < cut) pieceEnd += stripForbiddenCharacters(pieces[piece++] ?? '').length;
    const last = pieces[piece - 1] ?? '';
    if (pieceEnd > cut && SOLID.includes(last)) return `cut inside ${JSON.stringify(last)}`;
  }
  return '';
}

/** An address is followed by a blank: of two without one between nobody could tell where the first ends. */
const anyPieces = (constraints: { minLength?: number; maxLength: number }) =>
  fc
    .array(fc.constantFrom(...PIECES), { ...constraints, size: 'max' })
    .map((pieces) => pieces.flatMap((piece) => (/^\w+:/.test(piece) ? [piece, ' '] : [piece])));

describe('given texts of every kind', () => {
  test('when they are split small, then nothing is lost, over the limit or broken', () => {
    fc.assert(
      fc.property(anyPieces({ maxLength: 60 }), fc.integer({ min: 64, max: 300 }), (pieces, limit) => {
        const fault = faultOf(pieces, limit);
        if (fault !== '') throw new Error(fault);
      }),
      { numRuns: inLongForm(80_000, { else: 10_000 }) },
    );
  }, 120_000);

  test('when they are split at the size of a message, then nothing is lost, over the limit or broken', () => {
    fc.assert(
      fc.property(anyPieces({ minLength: 100, maxLength: 600 }), (pieces) => {
        const fault = faultOf(pieces, 2_048);
        if (fault !== '') throw new Error(fault);
      }),
      { numRuns: inLongForm(5_000, { else: 500 }) },
    );
  }, 120_000);

  test('when they are made of any characters, then nothing is lost, over the limit or broken', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60, size: 'max' }),
        fc.integer({ min: 4, max: 40 }),
        (text, limit) => {
          const fault = faultOf(
            [...graphemes.segment(text)]
              .map(({ segment }) => segment)
              .filter((segment) => bytes(segment) <= limit),
            limit,
          );
          if (fault !== '') throw new Error(fault);
        },
      ),
      { numRuns: inLongForm(15_000, { else: 2_000 }) },
    );
  }, 120_000);
});

describe('given a text made to be slow', () => {
  const LENGTH = 200_000;
  test.each([
    ['one endless word', 'x'],
    ['marks on one letter', '\u0301'],
    ['links that never end', '<a '],
    ['links without an end tag', '<a href="https://a.b">'],
    ['tags', '<'],
    ['schemes', 'a://'],
    ['fences', '```\n'],
    ['flags', '🇨🇳'],
    ['blanks', ' '],
    ['lines of blanks', '\n \t'],
    ['closers', '")'],
    ['marks on full stops', '。\u0301'],
    ['joiners', '👩\u200d'],
    ['jamo', '\u1100'],
  ])('when it is %s, then it is split in linear time', (_name, unit) => {
    const text = unit.repeat(LENGTH / unit.length);
    const started = performance.now();
    const parts = splitText(text);
    // Linear is a tenth of a second here; quadratic would be minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(parts.join('')).toBe(text);
    expect(parts.every((part) => bytes(part) <= 2_048)).toBe(true);
  });
});
