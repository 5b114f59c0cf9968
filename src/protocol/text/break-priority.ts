/** How good a place to cut is: the lower, the better. */
export const CUT = {
  paragraph: 0,
  line: 1,
  sentence: 2,
  clause: 3,
  word: 4,
  character: 5,
  anywhere: 6,
} as const;

export type BreakPriority = (typeof CUT)[keyof typeof CUT];

const WIDE_SENTENCE_ENDS = '。！？…｡؟۔।॥';
const WIDE_CLAUSE_ENDS = '，、；：،؛';
/** These end something only where a blank or a character of another script follows: not in `3.14`, `1,000`, `12:30`. */
const SENTENCE_ENDS = '.!?';
const CLAUSE_ENDS = ',;:';
const CLOSERS = `”’）)]】》」』"'`;
/** What no part should begin with. */
const NEVER_FIRST = `${WIDE_SENTENCE_ENDS}${WIDE_CLAUSE_ENDS}${SENTENCE_ENDS}${CLAUSE_ENDS}”’）)]】》」』`;
const NEVER_LAST = '“‘（([【《「『';
/** Closers looked through for the end of a sentence before them. */
const MAX_CLOSERS = 4;

/**
 * Judges a cut before the unit at `at` of a text whose part begins at `from`; 0 ≤ from < at < length. Blanks belong to
 * the part before, so a place among them is as bad as any.
 */
export function breakPriorityAt(text: string, from: number, at: number): BreakPriority {
  const next = text.charAt(at);
  if (isBlank(next) || isLowSurrogate(next)) return CUT.anywhere;
  let end = at;
  let lines = 0;
  for (; end > from && isBlank(text.charAt(end - 1)); end--) if (text.charAt(end - 1) === '\n') lines++;
  if (lines > 0) return lines > 1 ? CUT.paragraph : CUT.line;

  if (NEVER_FIRST.includes(next)) return end < at ? CUT.word : CUT.anywhere;
  const last = text.charAt(end - 1);
  let closed = last;
  for (let back = 1; back <= MAX_CLOSERS && end - back > from && CLOSERS.includes(closed); back++)
    closed = text.charAt(end - back - 1);
  const isApart = end < at || next > '\u007F';
  if (WIDE_SENTENCE_ENDS.includes(closed) || (isApart && SENTENCE_ENDS.includes(closed))) return CUT.sentence;
  if (WIDE_CLAUSE_ENDS.includes(last) || (isApart && CLAUSE_ENDS.includes(last))) return CUT.clause;
  if (end < at) return CUT.word;
  return (isWide(last) || isWide(next)) && !NEVER_LAST.includes(last) ? CUT.character : CUT.anywhere;
}

const isBlank = (unit: string): boolean =>
  unit === ' ' || unit === '\n' || unit === '\t' || unit === '\r' || unit === '\u3000';

const isLowSurrogate = (unit: string): boolean => unit >= '\uDC00' && unit <= '\uDFFF';

/** Of a script that is written without blanks between its words, or (as a surrogate) most likely an emoji. */
const isWide = (unit: string): boolean =>
  (unit >= '\u2E80' && unit <= '\u9FFF') ||
  (unit >= '\uD800' && unit <= '\uDFFF') ||
  (unit >= '\uF900' && unit <= '\uFAFF') ||
  (unit >= '\uFF00' && unit <= '\uFFEF');
