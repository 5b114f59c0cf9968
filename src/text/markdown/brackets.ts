/**
 * Limits of an address and of the brackets in it, so that the time stays linear. A longer address could not be sent.
 */
const MAX_LENGTH = 2_048;
const MAX_DEPTH = 32;
const ESCAPED = /\\([!-/:-@[-`{-~])/g;

/** `](target "title")`, from its `]` on. */
export interface Target {
  readonly address: string;
  /** Index after its end. */
  readonly end: number;
}

/** Pairs every `[` of a text with its `]`. Ignores escaped brackets and those in code. */
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

/** Reads the target of a link from the `]` that ends its text; `undefined`: it is not a link. */
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

/** Reads a target up to a blank or its closing bracket. Brackets within must be paired. */
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
