import { TEXT_LIMIT_BYTES } from '../protocol/limits.js';
import { stripForbiddenCharacters } from '../protocol/strip-forbidden-characters.js';
import { CUT, breakPriorityAt, type BreakPriority } from './break-priority.js';
import { unbreakableSpans, type Span } from './unbreakable-spans.js';

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/**
 * Cuts a text into parts of at most `limitBytes` UTF-8 bytes. Joined, they are `stripForbiddenCharacters(text)`, to the
 * character: blanks at a cut stay at the end of the part before.
 *
 * Cuts at the end of a paragraph, else of a line, a sentence, a clause, a word; never inside a grapheme, a link with
 * its text, a tag, an address or a line of fenced code, unless that alone is longer than a part. Prefers a better
 * position as long as the part fills the share `fill` of the limit. A part of only blanks occurs only if the text has
 * that many in a row.
 *
 * Cost: linear in the text.
 */
export function splitText(text: string, limitBytes = TEXT_LIMIT_BYTES, fill = 0.5): string[] {
  const clean = stripForbiddenCharacters(text);
  if (reach(clean, 0, limitBytes) === clean.length) return [clean];
  const parts: string[] = [];
  const whole = unbreakableSpans(clean, limitBytes);
  let firstSpan = 0;
  for (let from = 0, to = 0; from < clean.length; from = to) {
    while ((whole[firstSpan]?.to ?? Infinity) <= from) firstSpan++;
    const most = reach(clean, from, limitBytes);
    if (most === clean.length) to = most;
    else {
      const least = reach(clean, from, limitBytes * fill);
      to = cutBetween(clean, { from, least, most }, spansBefore(whole, firstSpan, most));
    }
    parts.push(clean.slice(from, to));
  }
  return parts;
}

/**
 * Returns the end of the longest part from `from` on that fits; at least one character, so that the loop progresses.
 */
function reach(text: string, from: number, limitBytes: number): number {
  let at = from;
  for (let bytes = 0; at < text.length;) {
    const point = text.codePointAt(at) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > limitBytes && at > from) break;
    at += point < 0x10000 ? 1 : 2;
  }
  return at;
}

function spansBefore(spans: readonly Span[], first: number, before: number): Span[] {
  let end = first;
  while ((spans[end]?.from ?? Infinity) < before) end++;
  return spans.slice(first, end);
}

/** Finds the best cut after `least` and up to `most`; before `least` only if a long unbreakable span begins there. */
function cutBetween(
  text: string,
  { from, least, most }: { from: number; least: number; most: number },
  whole: readonly Span[],
): number {
  // The end of a grapheme depends on the text before it and on one character after it.
  const window = graphemes.segment(text.slice(from, most + 2));
  const graphemeAt = (at: number): number => from + (window.containing(at - from)?.index ?? 0);
  const outside = outsideOf(whole);

  let last = most;
  for (let before = -1; before !== last && last > from; last = graphemeAt(outside(last))) before = last;
  if (last <= from) return graphemeAt(most) > from ? graphemeAt(most) : most; // one span, longer than a part

  let best = last;
  let bestRank: BreakPriority = CUT.anywhere;
  for (let at = last; at > least && bestRank > CUT.paragraph; at = Math.min(at - 1, outside(at - 1))) {
    const rank = breakPriorityAt(text, from, at);
    if (rank >= bestRank || graphemeAt(at) !== at) continue;
    best = at;
    bestRank = rank;
  }
  return best;
}

/** Returns a function that moves a position inside a span to its start. Call it with descending positions. */
function outsideOf(spans: readonly Span[]): (at: number) => number {
  let index = spans.length - 1;
  return (at) => {
    while (index >= 0 && (spans[index]?.from ?? 0) >= at) index--;
    const span = spans[index];
    return span !== undefined && at < span.to ? span.from : at;
  };
}
