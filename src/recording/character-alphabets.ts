/** Code points that may replace each other. */
export type Alphabet = readonly number[] | { readonly first: number; readonly count: number };

/**
 * Alphabets over many blocks. Each has a constant length in UTF-8 and in UTF-16. Source: the Unicode blocks' charts.
 */
const WIDE_RANGES: readonly { readonly first: number; readonly count: number }[] = [
  { first: 0x4e00, count: 0x9fa5 - 0x4e00 + 1 }, // Han
  { first: 0x3400, count: 0x4db5 - 0x3400 + 1 }, // Han, extension A
  { first: 0x20000, count: 0x2a6d6 - 0x20000 + 1 }, // Han, extension B
  { first: 0xac00, count: 0xd7a3 - 0xac00 + 1 }, // Hangul
];

/** Size of a block: neither an alphabet nor a UTF-8 length crosses a multiple of it. */
const BLOCK = 128;

const CATEGORIES = 'Extended_Pictographic Nd N Lu Ll L M'
  .split(' ')
  .map((name) => new RegExp(`^\\p{${name}}$`, 'u'));
const SCRIPTS = (
  'Latin Han Hiragana Katakana Hangul Bopomofo Greek Cyrillic Armenian Hebrew Arabic Devanagari Bengali Tamil Telugu ' +
  'Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Ethiopic Khmer Mongolian Yi Common'
)
  .split(' ')
  .map((name) => new RegExp(`^\\p{Script=${name}}$`, 'u'));
const IS_ASSIGNED = /^\p{Assigned}$/u;
/** Variation selectors and accents belong to the character before them. */
const IS_INHERITED = /^\p{Script=Inherited}$/u;

const NONE: Alphabet = [];
const known = new Map<number, Alphabet>();

/**
 * Returns the characters of the same script, kind (digit, upper case, lower case, other letter, mark, emoji) and byte
 * length; `undefined` for blanks, punctuation, symbols and control characters.
 */
export function alphabetOf(codePoint: number): Alphabet | undefined {
  const found = known.get(codePoint);
  if (found !== undefined) return found === NONE ? undefined : found;
  const alphabet = wideRangeOf(codePoint) ?? blockAlphabet(codePoint);
  known.set(codePoint, alphabet ?? NONE);
  return alphabet;
}

const wideRangeOf = (codePoint: number) =>
  WIDE_RANGES.find(({ first, count }) => codePoint >= first && codePoint < first + count);

/** Builds the alphabet of a block, without wide ranges, so that each character is in one alphabet. */
function blockAlphabet(codePoint: number): Alphabet | undefined {
  const kind = kindOf(codePoint);
  if (kind === undefined) return undefined;
  const start = codePoint - (codePoint % BLOCK);
  return Array.from({ length: BLOCK }, (_, index) => start + index).filter(
    (other) => kindOf(other) === kind && wideRangeOf(other) === undefined,
  );
}

function kindOf(codePoint: number): string | undefined {
  const text = String.fromCodePoint(codePoint);
  if (!IS_ASSIGNED.test(text) || IS_INHERITED.test(text)) return undefined;
  const category = CATEGORIES.findIndex((pattern) => pattern.test(text));
  return category < 0 ? undefined : `${category}:${SCRIPTS.findIndex((pattern) => pattern.test(text))}`;
}
