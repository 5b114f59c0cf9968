import { noFields, type FieldValue, type Fields } from '../protocol/fields.js';
import type { IsKept } from './kept-fields.js';

/** Renders fields as XML in WeChat's layout. Every text is CDATA. */
export const renderXml = (fields: Fields): string => `<xml>${children(fields)}</xml>`;

/** Renders fields in the format of `like`, XML or JSON. */
export const renderLike = (like: string, fields: Fields): string =>
  isJson(like) ? JSON.stringify(fields) : renderXml(fields);

/** Returns the fields with other texts. */
export function mapTexts(fields: Fields, change: (name: string, text: string) => string): Fields {
  const changed = noFields();
  for (const [name, value] of Object.entries(fields)) changed[name] = mapValue(name, value, change);
  return changed;
}

/** Replaces the texts that are not kept. */
export const replaceTexts = (fields: Fields, isKept: IsKept, replace: (text: string) => string): Fields =>
  mapTexts(fields, (name, text) => (isKept(name, text) ? text : replace(text)));

const isJson = (body: string): boolean => /^\uFEFF?\s*\{/.test(body);

function mapValue(
  name: string,
  value: FieldValue,
  change: (name: string, text: string) => string,
): FieldValue {
  if (typeof value === 'string') return change(name, value);
  if (Array.isArray(value)) return value.map((item) => mapValue(name, item, change));
  return mapTexts(value, change);
}

const children = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('');

function element(name: string, value: FieldValue): string {
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  return `<${name}>${typeof value === 'string' ? cdata(value) : children(value)}</${name}>`;
}

/** Writes a CDATA section; `]]>` is split over two. */
const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
