import { noFields, type FieldValue, type Fields } from '../fields.js';

/** Returns the text under a name or its other spelling; `''` if there is none. */
export function text(fields: Fields, name: string, otherName?: string): string {
  return optionalText(fields, name, otherName) ?? '';
}

/** Like `text`, but `undefined` if the field is absent. Of a repeated field, the first text counts. */
export function optionalText(fields: Fields, name: string, otherName?: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'string') return value;
  const first = Array.isArray(value) ? value.find((item) => typeof item === 'string') : undefined;
  if (first !== undefined) return first;
  return otherName === undefined ? undefined : optionalText(fields, otherName);
}

/** Returns a count or a coordinate; `NaN` if the text is not a number. Not for ids, which are texts. */
export function number(fields: Fields, name: string): number {
  return optionalNumber(fields, name) ?? NaN;
}

/** Like `number`, but `undefined` if the text is absent or not a number. */
export function optionalNumber(fields: Fields, name: string): number | undefined {
  const value = optionalText(fields, name)?.trim() ?? '';
  return /^[+-]?\d+(\.\d*)?$/.test(value) ? Number(value) : undefined;
}

/** True for `1` or `true`. */
export function flag(fields: Fields, name: string): boolean {
  const value = text(fields, name);
  return value === '1' || value.toLowerCase() === 'true';
}

/** Converts Unix seconds to a Date; `undefined` if absent, unreadable, or 0, which means "not yet". */
export function moment(fields: Fields, name: string): Date | undefined {
  const value = text(fields, name);
  return /^\d{1,12}$/.test(value) && Number(value) > 0 ? new Date(Number(value) * 1000) : undefined;
}

/** Returns all texts of an element, which may be absent, single or repeated. */
export function texts(fields: Fields, name: string): string[] {
  return each(fields[name])
    .filter((item) => typeof item === 'string')
    .filter((item) => item !== '');
}

/**
 * Returns all blocks along a path of names, wherever on it the repetition is: `<PicList>` has been seen once per
 * picture.
 */
export function blocks(root: Fields, ...path: string[]): Fields[] {
  let found: Fields[] = [root];
  for (const name of path) {
    found = found.flatMap((fields) => each(fields[name]).filter((item) => typeof item !== 'string'));
  }
  return found;
}

/** Returns the block under a name; an empty one if it is absent. */
export function block(fields: Fields, name: string): Fields {
  return blocks(fields, name)[0] ?? noFields();
}

function each(value: FieldValue | undefined): (string | Fields)[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(each) : [value];
}
