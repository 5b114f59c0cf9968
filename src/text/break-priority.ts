/** Ranks of positions to cut; lower is better. */
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
/** These end a sentence or clause only before a blank or a non-ASCII character: not in `3.14`, `1,000`, `12:30`. */
const SENTENCE_ENDS = '.!?';
const CLAUSE_ENDS = ',;:';
const CLOSERS = `”’）)]】》」』"'`;
/** Characters that no part should begin with. */
const NEVER_FIRST = `${WIDE_SENTENCE_ENDS}${WIDE_CLAUSE_ENDS}${SENTENCE_ENDS}${CLAUSE_ENDS}”’）)]】》」』`;
const NEVER_LAST = '“‘（([【《「『';
/** Limit of closing characters skipped in search of the end of a sentence before them. */
const MAX_CLOSERS = 4;

/**
 * Ranks a cut before the UTF-16 unit at `at`, in a text whose current part begins at `from`; 0 ≤ from < at < length.
 * Blanks belong to the part before the cut, so a cut before a blank gets the worst rank.
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

/** True for scripts without blanks between words, and for surrogates, which are mostly emoji. */
const isWide = (unit: string): boolean =>
  (unit >= '\u2E80' && unit <= '\u9FFF') ||
  (unit >= '\uD800' && unit <= '\uDFFF') ||
  (unit >= '\uF900' && unit <= '\uFAFF') ||
  (unit >= '\uFF00' && unit <= '\uFFEF');
