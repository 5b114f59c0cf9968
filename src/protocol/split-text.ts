import { TEXT_LIMIT_BYTES } from './limits.js';

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** Where a text may be cut, best first: after a paragraph, a line, a sentence, a clause, a word. */
const ENDS = [/\n\s*\n/g, /\n/g, /[。！？!?…]+["”’）)]*|\.\s/g, /[，、；：,;:]\s*/g, /\s+/g];

/** What must stay whole: a link with its text, a tag, an address. */
const WHOLE = /<a\s[^>]*>[\s\S]*?<\/a>|<[^>]*>|https?:\/\/[^\s<>"，。]+/gi;

/**
 * Cuts a text into parts of at most `limitBytes` UTF-8 bytes, at the end of a paragraph where there is one, else of a
 * line, a sentence, a clause, a word; never inside a grapheme, and inside a link or an address only where it is longer
 * than a part. Blanks at a cut are dropped. Joined by what was dropped, the parts are the text.
 */
export function splitText(text: string, limitBytes = TEXT_LIMIT_BYTES): string[] {
  const parts: string[] = [];
  let rest = text;
  while (Buffer.byteLength(rest) > limitBytes) {
    const most = lengthWithin(rest, limitBytes);
    const cut = bestCut(rest, most);
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest !== '' || parts.length === 0) parts.push(rest);
  return parts.filter((part, index) => part !== '' || index === 0);
}

/** The most UTF-16 units from the start whose graphemes fit; at least one grapheme, so that every cut goes forward. */
function lengthWithin(text: string, limitBytes: number): number {
  let bytes = 0;
  let length = 0;
  // A unit is at most three bytes, a grapheme of more than the limit is none that anybody wrote.
  for (const { segment } of graphemes.segment(text.slice(0, limitBytes + 64))) {
    bytes += Buffer.byteLength(segment);
    if (bytes > limitBytes && length > 0) break;
    length += segment.length;
  }
  return length;
}

function bestCut(text: string, most: number): number {
  const whole = [...text.matchAll(WHOLE)].map(
    (match) => [match.index, match.index + match[0].length] as const,
  );
  const isInside = (at: number) => whole.some(([from, to]) => from < at && at < to);
  const window = text.slice(0, most);
  for (const end of ENDS) {
    // A part that is less than half full is worth a lesser place to cut.
    let best = 0;
    for (const match of window.matchAll(end)) {
      const at = match.index + match[0].length;
      if (at >= most / 2 && !isInside(at)) best = at;
    }
    if (best > 0) return best;
  }
  const inside = whole.find(([from, to]) => from < most && most < to);
  return inside !== undefined && inside[0] > 0 ? inside[0] : most;
}
