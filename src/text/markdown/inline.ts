import { pairBrackets, readTarget } from './brackets.js';
import { Delimiters } from './delimiters.js';
import { pairFormulas } from './formulas.js';
import { disarmTags, showLink, type Shown } from './wechat-link.js';

const SPECIAL = /[\\`![<&*_~$]|https?:\/\//gi;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const BACKTICKS = /`+/g;
const SIGNS = /\*+|_+|~+/y;
const BREAK = /<br\s?\/?>/iy;
const AUTOLINK = /<(https?:\/\/[^\s<>]*)>/iy;
const ANCHOR = /<a\s([^<>]*)>([^<>]*)<\/a>/iy;
const HREF = /(?:^|\s)href\s?=\s?(?:"([^"]*)"|'([^']*)')/i;
const ENTITY = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/iy;
/** ASCII only, because Chinese text follows an address without a blank. */
const ADDRESS = /https?:\/\/[!#-;=?-_a-z{-~]*/iy;
/** Characters that end a sentence or emphasis rather than an address. */
const NOT_OF_ADDRESS = /[*_~.,:;!?'")\]]/;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/**
 * Converts the Markdown in a paragraph to text: strips emphasis and backticks, converts links to `<a href="…">`, and
 * decodes escapes and entities. HTML stays as typed, except that `<br>` becomes a new line and only http and https
 * links stay links. Formulas stay as typed.
 *
 * Cost: linear in the text.
 */
export function inlineToText(text: string, mayLink = true): string {
  const pieces: string[] = [];
  const tags = new Set<number>();
  const delimiters = new Delimiters(pieces);
  const codeEnd = pairBackticks(text);
  const formulaEnd = pairFormulas(text);
  const brackets = pairBrackets(text, codeEnd);
  const show = ({ text: shown, isTag }: Shown): void => {
    if (isTag) tags.add(pieces.length);
    pieces.push(shown);
  };

  /** Handles the construct at `at`; returns where it ends, or undefined if there is none. */
  const readAt = (at: number): number | undefined => {
    const char = text.charAt(at);
    const formula = char === '\\' || char === '$' ? formulaEnd(at) : undefined;
    if (formula !== undefined) {
      pieces.push(text.slice(at, formula));
      return formula;
    }
    switch (char) {
      case '$':
        return undefined;
      case '\\': {
        const next = text.charAt(at + 1);
        if (next !== '\n' && !PUNCTUATION.test(next)) return undefined;
        pieces.push(next);
        return at + 2;
      }
      case '`': {
        const end = codeEnd(at);
        if (end === undefined) return undefined;
        pieces.push(codeOf(text.slice(at, end)));
        return end;
      }
      case '!':
      case '[': {
        const open = char === '!' ? at + 1 : at;
        const close = brackets.get(open);
        const target = close === undefined ? undefined : readTarget(text, close);
        if (close === undefined || target === undefined || (!mayLink && char === '[')) return undefined;
        const typed = text.slice(open + 1, close);
        const label = mayLink ? inlineToText(typed, false) : typed; // a link contains no link
        show(mayLink ? showLink(label, target.address) : { text: label, isTag: false });
        return target.end;
      }
      case '<':
        return readTag(at);
      case '&': {
        const [entity, name, decimal, hex] = match(ENTITY, text, at) ?? [];
        if (entity === undefined) return undefined;
        pieces.push(NAMED[name?.toLowerCase() ?? ''] ?? characterOf(Number(decimal ?? `0x${hex}`)));
        return at + entity.length;
      }
      case '*':
      case '_':
      case '~': {
        const run = match(SIGNS, text, at)?.[0] ?? char;
        delimiters.add(run, text.charAt(at - 1), text.charAt(at + run.length));
        return at + run.length;
      }
      default: {
        const address = trimAddress(match(ADDRESS, text, at)?.[0] ?? '');
        pieces.push(address);
        return at + address.length;
      }
    }
  };

  const readTag = (at: number): number | undefined => {
    const known = match(BREAK, text, at) ?? match(AUTOLINK, text, at);
    if (known !== undefined) {
      pieces.push(known[1] ?? '\n');
      return at + known[0].length;
    }
    const anchor = mayLink ? match(ANCHOR, text, at) : undefined;
    const href = HREF.exec(anchor?.[1] ?? '');
    if (anchor === undefined || href === null) return undefined;
    show(showLink(anchor[2] ?? '', href[1] ?? href[2] ?? ''));
    return at + anchor[0].length;
  };

  for (let at = 0; at < text.length;) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    pieces.push(text.slice(at, next));
    if (next === text.length) break;
    const end = readAt(next);
    if (end === undefined) pieces.push(text.charAt(next));
    at = end ?? next + 1;
  }
  return assemble(pieces, tags);
}

/** Joins the pieces and disarms foreign links, even those that two pieces form together. */
function assemble(pieces: readonly string[], tags: ReadonlySet<number>): string {
  if (tags.size === 0) return disarmTags(pieces.join(''));
  let whole = '';
  let from = 0;
  for (const tag of tags) {
    whole += disarmTags(pieces.slice(from, tag).join('')) + (pieces[tag] ?? '');
    from = tag + 1;
  }
  return whole + disarmTags(pieces.slice(from).join(''));
}

/** Returns a function from the start of a run of backticks to the end of its code, if an equal run closes it. */
function pairBackticks(text: string): (at: number) => number | undefined {
  if (!text.includes('`')) return () => undefined;
  const ends = new Map<number, number>();
  const nextOfLength = new Map<number, number>();
  for (const { index, 0: run } of [...text.matchAll(BACKTICKS)].reverse()) {
    const close = nextOfLength.get(run.length);
    if (close !== undefined) ends.set(index, close + run.length);
    nextOfLength.set(run.length, index);
  }
  return (at) => ends.get(at);
}

/** Removes one blank on either side of `` ` `` a `` ` ``, which only separates the backticks. */
function codeOf(span: string): string {
  const ticks = /^`*/.exec(span)?.[0].length ?? 0;
  const code = span.slice(ticks, -ticks).replaceAll('\n', ' ');
  return code.startsWith(' ') && code.endsWith(' ') && code.trim() !== '' ? code.slice(1, -1) : code;
}

function trimAddress(address: string): string {
  let end = address.length;
  while (NOT_OF_ADDRESS.test(address.charAt(end - 1))) end--;
  return /\/\/./.test(address.slice(0, end)) ? address.slice(0, end) : address.slice(0, 4);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function characterOf(point: number): string {
  const isCharacter = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : '\uFFFD';
}
