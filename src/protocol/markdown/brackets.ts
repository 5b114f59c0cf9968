/** Longest address that is looked for, a longer one could not be sent, and most brackets in it: so the time stays linear. */
const MAX_LENGTH = 2_048;
const MAX_DEPTH = 32;
const ESCAPED = /\\([!-/:-@[-`{-~])/g;

/** `](target "title")`, from its `]` on. */
export interface Target {
  readonly address: string;
  /** Where it ends. */
  readonly end: number;
}

/** For every `[` of a text the `]` that closes it, brackets in between paired; escaped ones and those in code do not count. */
export function pairBrackets(text: string, isCode: (at: number) => number | undefined): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '`') at = (isCode(at) ?? at + 1) - 1;
    else if (char === '[') open.push(at);
    else if (char === ']') {
      const from = open.pop();
      if (from !== undefined) pairs.set(from, at);
    }
  }
  return pairs;
}

/** Reads where a link goes, from the `]` that ends its text; undefined: it is no link. */
export function readTarget(text: string, close: number): Target | undefined {
  if (text[close + 1] !== '(') return undefined;
  const ahead = text.slice(close + 2, close + 2 + 2 * MAX_LENGTH);
  const lead = ahead.length - ahead.trimStart().length;
  const address = ahead[lead] === '<' ? angled(ahead, lead) : bare(ahead, lead);
  if (address === undefined) return undefined;
  const title = /^(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/.exec(ahead.slice(address.end));
  if (title === null) return undefined;
  return {
    address: address.text.replaceAll(ESCAPED, '$1'),
    end: close + 2 + address.end + title[0].length,
  };
}

function angled(ahead: string, from: number): { text: string; end: number } | undefined {
  const match = /^<([^<>\n]*)>/.exec(ahead.slice(from));
  return match === null ? undefined : { text: match[1] ?? '', end: from + match[0].length };
}

/** Up to a blank or the bracket that closes the target; brackets within must be paired. */
function bare(ahead: string, from: number): { text: string; end: number } | undefined {
  let depth = 0;
  let end = from;
  for (; end < ahead.length; end++) {
    const char = ahead.charAt(end);
    if (/\s/.test(char) || (char === ')' && depth === 0)) break;
    if (char === '\\') end++;
    else if (char === '(' && ++depth > MAX_DEPTH) return undefined;
    else if (char === ')') depth--;
  }
  return depth === 0 && end - from <= MAX_LENGTH ? { text: ahead.slice(from, end), end } : undefined;
}
