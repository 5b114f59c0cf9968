import { inBoth, type Words } from '../../protocol/words.js';
import { ApiRequestInvalid } from '../api-error.js';
import { fieldsAt } from './field-path.js';

/**
 * Limits of fields, as data: when WeChat changes one, one line changes. A limit is listed only if WeChat's own error would
 * mislead (40032 for any list of wrong length, 40018 without the button) or a mistake costs a scarce quota.
 */
export type Limit =
  | { readonly items: Range }
  /** UTF-8 bytes of a text. */
  | { readonly bytes: Range }
  /** Graphemes of a text: an emoji counts once. */
  | { readonly characters: Range }
  /** Value of an integer, or of one as text. */
  | { readonly number: Range };

type Range = readonly [least: number, most: number];

/** Limits by path of the field: `openid_list`, `button[].name`. Absent fields are not checked. */
export type Limits = Readonly<Record<string, Limit>>;

/** @throws ApiRequestInvalid for the first field that exceeds its limits */
export function checkLimits(endpoint: string, limits: Limits, request: object): void {
  for (const [path, limit] of Object.entries(limits)) {
    for (const { value, name } of fieldsAt(request, path)) {
      const why = whyNot(limit, value);
      if (why !== undefined) throw new ApiRequestInvalid(endpoint, name, why);
    }
  }
}

function whyNot(limit: Limit, value: unknown): Words | undefined {
  if ('items' in limit) {
    return Array.isArray(value)
      ? outside(limit.items, value.length, { en: 'items', zh: '项' })
      : { en: 'is not a list', zh: '不是列表' };
  }
  if ('number' in limit) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number)
      ? outside(limit.number, number, inBoth(''))
      : { en: 'is not a whole number', zh: '不是整数' };
  }
  if (typeof value !== 'string') return { en: 'is not a text', zh: '不是文本' };
  return 'bytes' in limit
    ? outside(limit.bytes, Buffer.byteLength(value), { en: 'bytes of UTF-8', zh: '字节（UTF-8）' })
    : outside(limit.characters, lengthOf(value), { en: 'characters', zh: '个字符' });
}

function outside([least, most]: Range, found: number, unit: Words): Words | undefined {
  if (found >= least && found <= most) return undefined;
  return {
    en: `has to be ${least} to ${most} ${unit.en}`.trimEnd() + `, and is ${found}`,
    zh: `应为 ${least} 到 ${most} ${unit.zh}`.trimEnd() + `，实际是 ${found}`,
  };
}

const segmenter = new Intl.Segmenter();

function lengthOf(text: string): number {
  return [...segmenter.segment(text)].length;
}
