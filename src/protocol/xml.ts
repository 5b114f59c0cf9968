import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { MAX_FIELD_DEPTH, addField, noFields, type Fields } from './fields.js';
import { PushRefused } from './refusal.js';
import { scanXml, trimBlanks } from './xml-scanner.js';
import { escapeTypedText } from './xml-typed-text.js';

export type { FieldValue, Fields } from './fields.js';

// No XML name begins with either, so no element is mistaken for one of the parser's own keys, and names that the parser
// guards (`__proto__`, `toString`) never reach it unprefixed.
const CDATA = '#cdata';
const TEXT = '#text';
const PREFIX = '.';

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false, // or `007` becomes 7
  trimValues: false, //    or the user's blanks are lost
  processEntities: true,
  htmlEntities: true, //   numeric references too
  cdataPropName: CDATA,
  textNodeName: TEXT,
  maxNestedTags: MAX_FIELD_DEPTH,
  transformTagName: (name) => (name.startsWith(PREFIX) ? name : PREFIX + name), // called twice for `<a/>`
});

/**
 * Reads an XML body: the children of its root `xml`, nested as in the document.
 *
 * Values: the joined CDATA pieces of an element if there are any, else its text with references decoded
 *         and the white space around it trimmed; an empty element is `''`. Attributes and stray text between elements
 *         are
 *         dropped, repeated elements become lists.
 * Cost:   pure, linear in the body; the common layout takes the fast scanner.
 *
 * @throws PushRefused `body_unreadable`: not well-formed, not one root `xml`, a DOCTYPE, deeper than 16
 */
export function parseXml(text: string): Fields {
  return scanXml(text) ?? parseAnyXml(text);
}

/** Uses the full parser alone. Exported for the test that compares it with the scanner. */
export function parseAnyXml(text: string): Fields {
  return parseWellFormed(escapeTypedText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text));
}

/**
 * Reads XML of a correct writer, which splits a typed `]]>`: here each `]]>` ends a CDATA piece. With `keepBlanks` the
 * text of an element without CDATA is not trimmed.
 *
 * @throws PushRefused `body_unreadable`, as `parseXml`
 */
export function parseStrictXml(document: string, { keepBlanks = false } = {}): Fields {
  const bare = document.replaceAll(/<!\[CDATA\[[^]*?\]\]>|<!--[^]*?-->/g, '');
  if (bare.includes(']]>')) throw unreadable('a bare ]]> stands in the text');
  if (bare.includes('<!')) throw unreadable('a declaration, or markup that never ends');
  return parseWellFormed(document, keepBlanks ? asItIs : trimBlanks);
}

const asItIs = (text: string): string => text;

function parseWellFormed(document: string, tidy = trimBlanks): Fields {
  if (XMLValidator.validate(document) !== true) throw unreadable('the body is not well-formed XML');
  const { [PREFIX + 'xml']: root, [TEXT]: beside = '', ...others } = parse(document);
  if (root === undefined || Array.isArray(root)) throw unreadable('the body is not one element named xml');
  if (Object.keys(others).length > 0) throw unreadable('another element stands beside the root');
  if (typeof beside !== 'string' || trimBlanks(beside) !== '') throw unreadable('text beside the root');
  const value = toValue(root, 0, tidy);
  return typeof value === 'string' ? noFields() : value;
}

/** The parser's value of an element: its text, or its children and texts by name. */
type Parsed = string | { [name: string]: Parsed | Parsed[] };

function parse(document: string): { [name: string]: Parsed | Parsed[] } {
  try {
    const parsed: { [name: string]: Parsed | Parsed[] } = parser.parse(document);
    return parsed;
  } catch (cause) {
    throw unreadable('the XML parser refused the body', cause);
  }
}

/** Converts the parser's value of an element, `depth` levels below the root. */
function toValue(parsed: Parsed, depth: number, tidy: (text: string) => string): string | Fields {
  if (depth > MAX_FIELD_DEPTH) throw unreadable('the elements are nested too deep'); // the parser's own limit misses `<a/>`
  if (typeof parsed === 'string') return tidy(parsed);
  const { [CDATA]: cdata, [TEXT]: text, ...children } = parsed;
  const names = Object.keys(children);
  if (names.length === 0) {
    const pieces = cdata === undefined ? [] : [cdata].flat().filter((piece) => typeof piece === 'string');
    if (pieces.length > 0) return pieces.join('');
    return typeof text === 'string' ? tidy(text) : '';
  }
  const fields = noFields();
  for (const name of names) {
    for (const child of [children[name] ?? ''].flat()) {
      addField(fields, name.slice(PREFIX.length), toValue(child, depth + 1, tidy));
    }
  }
  return fields;
}

const unreadable = (message: string, cause?: unknown): PushRefused =>
  new PushRefused('body_unreadable', message, cause === undefined ? undefined : { cause });
