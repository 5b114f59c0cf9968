import { CUT, breakPriorityAt } from './break-priority.js';
import { unbreakableSpans } from './unbreakable-spans.js';

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/**
 * Returns the end of a text, of at most `limitBytes` UTF-8 bytes. It begins at a good cut, so up to a quarter of the
 * limit stays unused; never inside a grapheme, a link or an address, unless that alone is longer.
 *
 * In:   a text without forbidden characters (`stripForbiddenCharacters`).
 */
export function tailText(text: string, limitBytes: number): string {
  const earliest = startOfEnd(text, limitBytes);
  if (earliest === 0) return text;
  const latest = earliest + lengthOf(text, earliest, limitBytes / 4);
  const whole = unbreakableSpans(text, limitBytes).filter(({ to }) => to > earliest);
  const window = graphemes.segment(text);
  const mayCut = (at: number): boolean =>
    window.containing(at)?.index === at && !whole.some(({ from, to }) => from < at && at < to);

  let best: number | undefined;
  let bestRank: number = CUT.anywhere + 1;
  for (let at = earliest; at < text.length && (at <= latest || best === undefined); at++) {
    const rank = breakPriorityAt(text, 0, at);
    if (rank >= bestRank || !mayCut(at)) continue;
    best = at;
    bestRank = rank;
  }
  return text.slice(best ?? earliest);
}

/** Returns the first index from which the rest fits. */
function startOfEnd(text: string, limitBytes: number): number {
  let at = text.length;
  for (let bytes = 0; at > 0;) {
    const unit = text.charCodeAt(at - 1);
    const isPair = unit >= 0xdc00 && unit <= 0xdfff;
    bytes += isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    if (bytes > limitBytes) break;
    at -= isPair ? 2 : 1;
  }
  return at;
}

/** Estimates the number of units from a position that make up so many bytes. */
function lengthOf(text: string, from: number, bytes: number): number {
  const ahead = text.slice(from, from + bytes);
  return Math.floor((bytes * ahead.length) / Math.max(1, Buffer.byteLength(ahead)));
}
