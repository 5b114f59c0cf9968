import type { PushField, PushFields } from '../types.js';

/**
 * One push as WeChat lays it out: no line break after `<xml>`, one after each element, texts in CDATA, numbers bare,
 * a list as repeated elements.
 */
export function pushXml(fields: PushFields): string {
  const elements = Object.entries(fields).map(([name, value]) => elementsOf(name, value, true));
  return `<xml>${elements.join('')}</xml>`;
}

/** Numbers that a JSON number would damage (19 digits, trailing zeros), so they come as text and still stand bare. */
const BARE_AT_TOP = new Set(
  'CreateTime MsgId MsgDataId Idx bizmsgmenuid MenuId Location_X Location_Y'.split(' '),
);
const BARE_ANYWHERE = new Set('MsgID Latitude Longitude Precision'.split(' '));

function elementsOf(name: string, value: PushField, top: boolean): string {
  const bare = BARE_ANYWHERE.has(name) || (top && BARE_AT_TOP.has(name));
  const values = isList(value) ? value : [value];
  return values.map((one) => `<${name}>${contentOf(one, bare)}</${name}>\n`).join('');
}

function contentOf(value: Exclude<PushField, readonly unknown[]>, bare: boolean): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return bare && /^-?\d+(\.\d+)?$/.test(value) ? value : cdata(value);
  return Object.entries(value)
    .map(([name, child]) => elementsOf(name, child, false))
    .join('');
}

function isList(value: PushField): value is Extract<PushField, readonly unknown[]> {
  return Array.isArray(value);
}

/** `]]>` cannot stand in one section, so the text goes on in a second one. */
export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
