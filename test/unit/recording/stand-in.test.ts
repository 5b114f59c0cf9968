import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createStandIn, shapeOf } from '../../../src/recording/stand-in.js';

const key = randomBytes(32);
const standIn = createStandIn(key);

const ALPHABETS = [
  ['Han', '你好微信公众号訂閱'],
  ['Han', '𠀀𠮷㐀'],
  ['Latin', 'helloABCéÜß'],
  ['Cyrillic', 'Приветёж'],
  ['Hangul', '안녕하세요'],
  ['Hiragana', 'こんにちは'],
  ['Katakana', 'カタカナ'],
  ['Arabic', 'مرحبا'],
  ['Thai', 'สวัสดี'],
  ['Greek', 'Καλημέρα'],
  ['Devanagari', 'नमस्ते'],
] as const;
const letters = fc.constantFrom(...ALPHABETS.flatMap(([, text]) => Array.from(text)));
const others = fc.constantFrom(...Array.from('0123456789 \n\t.,，。！？/:@[]<>&]'), ']]>', '😀', '👍🏽', '❤️');
const texts = fc.oneof(
  fc.array(fc.oneof(letters, others), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

const scriptOf = (character: string): string =>
  [
    'Han',
    'Latin',
    'Cyrillic',
    'Hangul',
    'Hiragana',
    'Katakana',
    'Arabic',
    'Thai',
    'Greek',
    'Devanagari',
  ].find((script) => new RegExp(`\\p{Script=${script}}`, 'u').test(character)) ??
  (/\p{Nd}/u.test(character) ? 'digit' : /\p{Extended_Pictographic}/u.test(character) ? 'emoji' : 'other');
const scriptsOf = (text: string): string[] => Array.from(text).map(scriptOf);

describe('given any text', () => {
  test('when its stand-in is made, then each character keeps its script, case and length in bytes', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const other = standIn(text);
        expect(scriptsOf(other)).toEqual(scriptsOf(text));
        expect([other.length, Buffer.byteLength(other)]).toEqual([text.length, Buffer.byteLength(text)]);
        expect(Array.from(other).map(isUpper)).toEqual(Array.from(text).map(isUpper));
        expect(shapeOf(other)).toBe(shapeOf(text));
      }),
      { numRuns: 500 },
    );
  });

  test('when a character stands beside a wide alphabet, then it is of one of its own', () => {
    for (const text of ['\u{2a6dd}', '\u9fb0', '\u4db7', '\ud7c0'])
      for (let number = 0; number < 50; number += 1) {
        expect(shapeOf(createStandIn(Uint8Array.of(number))(text))).toBe(shapeOf(text));
      }
  });

  test('when it is made again, by this process or another with the key, then it is the same', () => {
    const again = createStandIn(Uint8Array.from(key));
    fc.assert(fc.property(texts, (text) => expect(again(text)).toBe(standIn(text))));
  });

  test('when another key makes it, then a text of some letters has another stand-in, and neither is the text', () => {
    const other = createStandIn(randomBytes(32));
    const long = fc.array(letters, { minLength: 12, maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(long, (text) => {
        expect(new Set([text, standIn(text), other(text)]).size).toBe(3);
      }),
    );
  });
});

describe('given two texts', () => {
  test('when one is part of the other, then no more than chance makes their stand-ins alike', () => {
    expect(standIn('你好，我的电话是多少')).not.toContain(standIn('我的电话是多少'));
  });

  test('when one is an OpenID, then its stand-in still begins as one', () => {
    expect(standIn('oLVPpjqs9BhvzwPj5A-vTYAX3GLc')).toMatch(/^o[A-Za-z0-9_-]{27}$/);
  });

  test('when their characters are of different kinds, then their shapes differ', () => {
    const shapes = ['ab', 'aB', 'a1', '你好', 'a', '😀'].map(shapeOf);
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});

const isUpper = (character: string): boolean => /\p{Lu}/u.test(character);
