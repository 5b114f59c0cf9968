import { createHash } from 'node:crypto';
import { alphabetOf, type Alphabet } from './character-alphabets.js';

/** Replaces a text by one of the same length and script; under one key always by the same. */
export type StandIn = (text: string) => string;

/** Bytes that choose one character. */
const BYTES = 2;
/** Pattern of an OpenID, whose prefix is kept because handlers may check it. Source: 获取用户基本信息. */
const IS_OPEN_ID = /^o[\w-]{27}$/;

/**
 * In:   `key`: 32 random bytes. Without it nobody can test which text a stand-in replaces. Out:  each letter, digit and
 * emoji becomes another one of its alphabet; blanks, punctuation and symbols stay. Lengths in
 *       characters, UTF-16 and UTF-8 are the same. The whole text decides, so equal parts of different texts differ.
 * Cost: pure, linear.
 */
export function createStandIn(key: Uint8Array): StandIn {
  return (text) => {
    // A sponge function: with a secret prefix its output reveals nothing about the text, and can have any length.
    const outputLength = BYTES * (text.length + 1);
    const stream = createHash('shake256', { outputLength }).update(key).update(text).digest();
    let at = 0;
    const replaced = mapCharacters(text, (alphabet) => pick(alphabet, stream.readUInt16LE(BYTES * at++)));
    return IS_OPEN_ID.test(text) ? `o${replaced.slice(1)}` : replaced;
  };
}

/** Returns the shape of a text. A text and its stand-in have the same shape, under any key. */
export const shapeOf = (text: string): string => mapCharacters(text, (alphabet) => pick(alphabet, 0));

function mapCharacters(text: string, replace: (alphabet: Alphabet) => number): string {
  let result = '';
  for (const character of text) {
    const alphabet = alphabetOf(character.codePointAt(0) ?? 0);
    result += alphabet === undefined ? character : String.fromCodePoint(replace(alphabet));
  }
  return result;
}

function pick(alphabet: Alphabet, number: number): number {
  if ('first' in alphabet) return alphabet.first + (number % alphabet.count);
  return alphabet[number % alphabet.length] ?? 0;
}
