import { PushRefused } from './refusal.js';
import { endOfTypedText } from './typed-text-end.js';
import { typedFields } from './typed-fields.js';
import { CDATA_CLOSE, CDATA_OPEN, endOfMarkup } from './xml-markup.js';
import { areReferencesKnown } from './xml-references.js';
import { trimBlanks } from './xml-scanner.js';

const ESCAPED_CLOSE = ']]]]><![CDATA[>';

/** An element that is open. */
interface OpenElement {
  readonly name: string;
  /** Index at which its content begins. */
  readonly from: number;
  /** The text of its CDATA, if it has any. */
  cdata: string | undefined;
}

/**
 * Escapes each `]]>` within texts that people typed, because WeChat writes them into CDATA unescaped. The result is XML
 * in which such a text is one value; any other document is returned unchanged.
 *
 * No typed text can add, change or remove another field, whatever it contains (docs/decisions/0025).
 *
 * Cost: linear.
 *
 * @throws PushRefused `body_unreadable`: forbidden markup, tags that do not match, or a text in CDATA at
 *                     the top level whose name is repeated, as in an injection into an unknown field
 */
export function escapeTypedText(document: string): string {
  const open: OpenElement[] = [];
  const topTexts = new Set<string>();
  const said: { MsgType?: string; Event?: string } = {};
  const pieces: string[] = [];
  let copied = 0;
  let at = 0;

  for (;;) {
    const opening = document.indexOf('<', at);
    const text = document.slice(at, opening < 0 ? document.length : opening);
    if (text.includes(CDATA_CLOSE)) throw unreadable('a bare ]]> stands in the text');
    if (!areReferencesKnown(text)) throw unreadable('the text refers to what XML does not know');
    if (opening < 0) {
      if (trimBlanks(text) !== '') throw unreadable('text beside the root');
      pieces.push(document.slice(copied));
      return pieces.join('');
    }

    const element = open.at(-1);
    if (document.startsWith(CDATA_OPEN, opening)) {
      if (!element) throw unreadable('a CDATA section beside the root');
      const from = opening + CDATA_OPEN.length;
      const isFirst = element.cdata === undefined && trimBlanks(document.slice(element.from, opening)) === '';
      const names = isFirst ? typedFrom(element.name, open.at(-2)?.name, said) : [];
      const end =
        names.length > 0 ? endOfTypedText(document, from, names) : document.indexOf(CDATA_CLOSE, from);
      if (end < 0) throw unreadable('a CDATA section never ends');

      if (element.cdata === undefined) {
        if (topTexts.has(element.name)) throw unreadable('a text stands there twice');
        if (open.length === 2) topTexts.add(element.name);
      }
      const value = document.slice(from, end);
      if (names.length > 0 && UNESCAPED_CLOSE.test(value)) {
        pieces.push(document.slice(copied, from), value.replaceAll(CDATA_CLOSE, ESCAPED_CLOSE));
        copied = end;
      }
      element.cdata = (element.cdata ?? '') + value;
      at = end + CDATA_CLOSE.length;
      continue;
    }

    const end = endOfMarkup(document, opening);
    if (end === undefined) throw unreadable('a declaration, or markup that never ends');
    at = end;
    const tag = document.slice(opening, end);
    const [, slash, name = ''] = TAG_NAME.exec(tag) ?? [];
    if (slash === undefined) continue; // a comment or an instruction
    if (slash === '') {
      if (!tag.endsWith('/>')) open.push({ name, from: end, cdata: undefined });
      continue;
    }
    open.pop();
    if (element?.name !== name) throw unreadable('two tags do not match');
    if (open.length === 1 && (name === 'MsgType' || name === 'Event')) {
      said[name] ??= element.cdata ?? trimBlanks(document.slice(element.from, opening));
    }
  }
}

const TAG_NAME = /^<(\/?)([^!?\s/>][^\s/>]*)/;

/** Returns the typed fields from this element on, if it is one in this kind of push. */
function typedFrom(
  name: string,
  block: string | undefined,
  said: { MsgType?: string; Event?: string },
): string[] {
  const fields = typedFields(said.MsgType ?? '', said.Event ?? '');
  if (!fields || fields.inside !== block) return [];
  const index = fields.names.indexOf(name);
  return index < 0 ? [] : fields.names.slice(index);
}

/** An end of CDATA without a following section, which a correct writer would have added. */
const UNESCAPED_CLOSE = /\]\]>(?!<!\[CDATA\[)/;

const unreadable = (message: string): PushRefused => new PushRefused('body_unreadable', message);
