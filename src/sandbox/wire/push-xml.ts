import type { PushField, PushFields } from '../types/types.js';

/** The spelling of a `]]>` within a text. Public reports show it as it was typed; no page of the platform says how. */
export interface CdataEnd {
  /** true: split over two sections, as XML asks. Default false. */
  readonly escapesCdataEnd?: boolean;
}

/**
 * Writes a push in WeChat's layout: no line break after `<xml>`, one after each element, texts in CDATA, numbers bare,
 * a list as repeated elements, an empty list or block as an empty element.
 */
export function pushXml(fields: PushFields, { escapesCdataEnd = false }: CdataEnd = {}): string {
  const section = escapesCdataEnd ? cdata : asTyped;
  const elements = Object.entries(fields).map(([name, value]) => elementsOf(name, value, true, section));
  return `<xml>${elements.join('')}</xml>`;
}

/** Numeric fields that a JSON number would damage (19 digits, trailing zeros): given as text, written bare. */
const BARE_AT_TOP = new Set(
  'CreateTime MsgId MsgDataId Idx bizmsgmenuid MenuId Location_X Location_Y'.split(' '),
);
const BARE_ANYWHERE = new Set('MsgID Latitude Longitude Precision'.split(' '));

type Section = (text: string) => string;

function elementsOf(name: string, value: PushField, top: boolean, section: Section): string {
  const bare = BARE_ANYWHERE.has(name) || (top && BARE_AT_TOP.has(name));
  const values = isList(value) ? value : [value];
  return values.map((one) => `<${name}>${contentOf(one, bare, section)}</${name}>\n`).join('');
}

function contentOf(value: Exclude<PushField, readonly unknown[]>, bare: boolean, section: Section): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return bare && /^-?\d+(\.\d+)?$/.test(value) ? value : section(value);
  return Object.entries(value)
    .map(([name, child]) => elementsOf(name, child, false, section))
    .join('');
}

function isList(value: PushField): value is Extract<PushField, readonly unknown[]> {
  return Array.isArray(value);
}

const asTyped: Section = (text) => `<![CDATA[${text}]]>`;

/** Writes a CDATA section. `]]>` is split over two sections. */
export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
