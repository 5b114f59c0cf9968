import { MAX_FIELD_DEPTH, addField, noFields, type Fields } from './fields.js';
import { NESTED_TYPED_NAMES } from './typed-fields.js';
import { CDATA_CLOSE, CDATA_OPEN } from './xml-markup.js';

const BOM = 0xfeff;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;

/**
 * Reads the layout that WeChat really sends: `<xml>`, elements without attributes, CDATA or plain text, white space
 * between them. At anything else (a declaration, attributes, comments, entities, carriage returns, stray text, odd
 * names, an error) it stops, and the full parser decides. It never accepts what the full parser refuses, nor reads it
 * differently.
 *
 * Out:  the children of the root, or `undefined` for "not that layout".
 * Cost: pure, linear; no regular expressions, no recursion.
 */
export function scanXml(text: string): Fields | undefined {
  let at = skipBlanks(text, text.charCodeAt(0) === BOM ? 1 : 0);
  // XML turns carriage returns into newlines everywhere; leave that to the full parser
  if (!text.startsWith('<xml>', at) || text.includes('\r')) return undefined;
  at += 5;

  const root = noFields();
  let nestedTyped = ''; // names of the nested typed fields read so far
  let fields = root;
  let closing = 'xml>'; // the end of the current block
  const outer: { fields: Fields; closing: string }[] = [];

  for (;;) {
    at = skipBlanks(text, at);
    if (text.charCodeAt(at) !== LESS_THAN) return undefined;
    at += 1;

    if (text.charCodeAt(at) === SLASH) {
      if (!text.startsWith(closing, at + 1)) return undefined;
      at += 1 + closing.length;
      const parent = outer.pop();
      if (!parent) return skipBlanks(text, at) === text.length ? root : undefined;
      ({ fields, closing } = parent);
      continue;
    }

    const nameEnd = skipName(text, at);
    if (nameEnd === at) return undefined;
    const name = text.slice(at, nameEnd);
    at = nameEnd;
    if (text.charCodeAt(at) === SLASH && text.charCodeAt(at + 1) === GREATER_THAN) {
      if (outer.length >= MAX_FIELD_DEPTH) return undefined;
      addField(fields, name, '');
      at += 2;
      continue;
    }
    if (text.charCodeAt(at) !== GREATER_THAN || outer.length >= MAX_FIELD_DEPTH) return undefined;
    at += 1;

    const opening = text.indexOf('<', at);
    let value: string | undefined;
    let valueEnd = opening;
    if (opening === at && text.startsWith(CDATA_OPEN, at)) {
      valueEnd = text.indexOf(CDATA_CLOSE, at + CDATA_OPEN.length);
      if (valueEnd < 0) return undefined;
      value = text.slice(at + CDATA_OPEN.length, valueEnd);
      valueEnd += CDATA_CLOSE.length;
      // a second piece, or text beside the first: rare, so the full parser reads it
      if (text.charCodeAt(valueEnd + 1) !== SLASH) return undefined;
      // a repeated name may mean that a typed text was cut too early
      if (root[name] !== undefined) return undefined;
      if (fields !== root && NESTED_TYPED_NAMES.has(name)) {
        if (nestedTyped.includes(`${name}/`)) return undefined;
        nestedTyped += `${name}/`;
      }
    } else {
      if (opening < 0) return undefined;
      value = text.slice(at, opening);
    }

    if (text.charCodeAt(valueEnd) === LESS_THAN && text.charCodeAt(valueEnd + 1) === SLASH) {
      if (!closes(text, valueEnd + 2, name)) return undefined;
      if (valueEnd === opening) {
        // plain text: an entity needs decoding, and `]]>` is an error
        if (value.includes('&') || value.includes('>')) return undefined;
        value = trimBlanks(value);
      }
      addField(fields, name, value);
      at = valueEnd + 3 + name.length;
      continue;
    }

    // no end tag, so a block begins; only layout may stand before its first child
    if (skipBlanks(text, at) !== opening) return undefined;
    const block = noFields();
    addField(fields, name, block);
    outer.push({ fields, closing });
    fields = block;
    closing = name + '>';
    at = opening;
  }
}

/** Trims the white space of XML (blank, tab, newline, return) and no other: U+3000 belongs to the text. */
export function trimBlanks(text: string): string {
  const start = skipBlanks(text, 0);
  let end = text.length;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Skips a simple name, `[A-Za-z_][A-Za-z0-9_]*`; the full parser reads all other names of XML. */
function skipName(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    const letter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
    const digit = code >= 0x30 && code <= 0x39;
    if (!letter && !(digit && at > from)) return at;
    at += 1;
  }
}

const closes = (text: string, at: number, name: string): boolean =>
  text.startsWith(name, at) && text.charCodeAt(at + name.length) === GREATER_THAN;
