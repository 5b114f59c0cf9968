/** A range of a text in UTF-16 units, from `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Lists the spans that no cut may split: links with their text, tags, addresses, lines of fenced code. They are in order
 * and do not overlap. A span longer than `limitBytes` is left out, except the tag of a link and the ASCII start of an
 * address.
 *
 * Cost: linear in the text; every search ends where the next one begins.
 */
export function unbreakableSpans(text: string, limitBytes: number): Span[] {
  const spans: Span[] = [];
  let proseFrom = 0;
  for (const line of codeLines(text)) {
    if (!fits(text, line, limitBytes)) continue;
    addProseSpans(spans, text, { from: proseFrom, to: line.from }, limitBytes);
    spans.push(line);
    proseFrom = line.to;
  }
  addProseSpans(spans, text, { from: proseFrom, to: text.length }, limitBytes);
  return spans;
}

const FENCE = /^[ \t]*(`{3,}|~{3,})/;

/** Yields the lines of fenced code, fences included, each with its line end. An unclosed fence lasts to the end. */
function* codeLines(text: string): Generator<Span> {
  if (!text.includes('```') && !text.includes('~~~')) return;
  let fence = '';
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = text.indexOf('\n', from) + 1 || text.length;
    const mark = FENCE.exec(text.slice(from, to))?.[1] ?? '';
    const isInside = fence !== '';
    if (!isInside) fence = mark;
    else if (mark.startsWith(fence)) fence = '';
    if (isInside || fence !== '') yield { from, to };
  }
}

const START = /<(?=[a-z/])|:\/\//gi;
const LINK_TAG = /<a\s/iy;
const TAG_END = /[<>]/g;
const LINK_END = /<\/a>|<a\s/gi;
const SCHEME = /[a-z][a-z0-9+.-]{0,15}$/i;
const ADDRESS = /[^\s<>"、。，；：！？…（）《》「」『』【】“”‘’]*/y;
const ASCII_ADDRESS = /[!#-;=?-~]*/y;

/** Adds the links, tags and addresses in a range of prose. */
function addProseSpans(spans: Span[], whole: string, stretch: Span, limitBytes: number): void {
  const text = whole.slice(stretch.from, stretch.to);
  let done = 0;
  const add = (from: number, to: number): boolean => {
    if (!fits(text, { from, to }, limitBytes)) return false;
    spans.push({ from: stretch.from + from, to: stretch.from + to });
    done = to;
    return true;
  };
  for (let start = find(START, text, 0); start !== undefined; start = find(START, text, start.next)) {
    const { at } = start;
    if (text[at] === '<') {
      const end = find(TAG_END, text, at + 1);
      if (end === undefined || text[end.at] === '<') continue;
      const close = find(LINK_TAG, text, at) === undefined ? undefined : find(LINK_END, text, end.next);
      const isLink = close !== undefined && text[close.at + 1] === '/';
      if ((isLink && add(at, close.next)) || add(at, end.next)) start.next = done;
    } else {
      const scheme = SCHEME.exec(text.slice(Math.max(done, at - 16), at));
      if (scheme === null) continue;
      const from = at - scheme[0].length;
      const to = find(ADDRESS, text, at)?.next ?? at;
      if (add(from, to) || add(from, find(ASCII_ADDRESS, text, at)?.next ?? at)) start.next = done;
      else start.next = to;
    }
  }
}

/** Returns position and end of the next match from `at` on. */
function find(pattern: RegExp, text: string, at: number): { at: number; next: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null ? undefined : { at: match.index, next: match.index + match[0].length };
}

function fits(text: string, { from, to }: Span, limitBytes: number): boolean {
  const units = to - from;
  if (units * 3 <= limitBytes) return true; // a unit is three bytes at most
  return units <= limitBytes && Buffer.byteLength(text.slice(from, to)) <= limitBytes;
}
