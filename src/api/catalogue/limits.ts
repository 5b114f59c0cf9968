import { ApiRequestInvalid } from '../api-error.js';
import { fieldsAt } from './field-path.js';

/**
 * What a field may be, as data: a change of WeChat's is a change of one line. Kept only where WeChat's own answer would
 * mislead (40032 for any list of wrong length, 40018 without the button) or where a mistake costs what there is little of.
 */
export type Limit =
  | { readonly items: Range }
  /** Of the text in UTF-8. */
  | { readonly bytes: Range }
  /** As a person counts them: an emoji is one. */
  | { readonly characters: Range }
  /** Of a whole number, or of one written as text. */
  | { readonly number: Range };

type Range = readonly [least: number, most: number];

/** By path of the field: `openid_list`, `button[].name`. A field that is absent is not measured. */
export type Limits = Readonly<Record<string, Limit>>;

/** @throws ApiRequestInvalid for the first field that is out of its limits */
export function checkLimits(endpoint: string, limits: Limits, request: object): void {
  for (const [path, limit] of Object.entries(limits)) {
    for (const { value, name } of fieldsAt(request, path)) {
      const why = whyNot(limit, value);
      if (why !== undefined) throw new ApiRequestInvalid(endpoint, name, why);
    }
  }
}

function whyNot(limit: Limit, value: unknown): string | undefined {
  if ('items' in limit) {
    return Array.isArray(value) ? outside(limit.items, value.length, 'items') : 'is no list';
  }
  if ('number' in limit) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number)
      ? outside(limit.number, number, '')
      : 'is no whole number';
  }
  if (typeof value !== 'string') return 'is no text';
  return 'bytes' in limit
    ? outside(limit.bytes, Buffer.byteLength(value), 'bytes of UTF-8')
    : outside(limit.characters, lengthOf(value), 'characters');
}

function outside([least, most]: Range, found: number, unit: string): string | undefined {
  if (found >= least && found <= most) return undefined;
  return `has to be ${least} to ${most} ${unit}`.trimEnd() + `, and is ${found}`;
}

const segmenter = new Intl.Segmenter();

function lengthOf(text: string): number {
  return [...segmenter.segment(text)].length;
}
