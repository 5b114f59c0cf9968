/**
 * What XML 1.0 forbids and JSON could only write as `\u…`, which the API refuses (40033, 47002):
 * control characters other than tab, LF and CR, lone surrogates, U+FFFE and U+FFFF.
 */
const FORBIDDEN = '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\uFFFE\\uFFFF\\uD800-\\uDFFF]';
// With the u flag a surrogate range matches lone surrogates only: pairs are one character, and stay.
const HAS_FORBIDDEN = new RegExp(FORBIDDEN, 'u');
const ALL_FORBIDDEN = new RegExp(FORBIDDEN, 'gu');

/** The text without the characters that cannot travel to WeChat, by either channel. Nothing else is touched. */
export function stripForbiddenCharacters(text: string): string {
  return HAS_FORBIDDEN.test(text) ? text.replace(ALL_FORBIDDEN, '') : text;
}
