/**
 * Characters that XML 1.0 forbids and JSON can only write as `\u…`, which the API refuses (40033, 47002): control
 * characters other than tab, LF and CR, lone surrogates, U+FFFE and U+FFFF.
 */
const FORBIDDEN = '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\uFFFE\\uFFFF\\uD800-\\uDFFF]';
// With the u flag a surrogate range matches lone surrogates only: pairs are one character, and stay.
const HAS_FORBIDDEN = new RegExp(FORBIDDEN, 'u');
const ALL_FORBIDDEN = new RegExp(FORBIDDEN, 'gu');

/** Removes the characters that neither channel can carry. Changes nothing else. */
export function stripForbiddenCharacters(text: string): string {
  return HAS_FORBIDDEN.test(text) ? text.replace(ALL_FORBIDDEN, '') : text;
}
