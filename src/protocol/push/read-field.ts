import { noFields, type FieldValue, type Fields } from '../fields.js';

/** The text under a name, or under the other spelling that the platform uses too; `''` if there is none. */
export function text(fields: Fields, name: string, otherName?: string): string {
  return optionalText(fields, name, otherName) ?? '';
}

/** Like `text`, for fields whose absence means something; a repeated field counts by its first text. */
export function optionalText(fields: Fields, name: string, otherName?: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'string') return value;
  const first = Array.isArray(value) ? value.find((item) => typeof item === 'string') : undefined;
  if (first !== undefined) return first;
  return otherName === undefined ? undefined : optionalText(fields, otherName);
}

/** A count or a coordinate; `NaN` if the text is no number. Not for ids: those are text. */
export function number(fields: Fields, name: string): number {
  return optionalNumber(fields, name) ?? NaN;
}

/** Like `number`, for fields that are not always there; `undefined` if the text is no number. */
export function optionalNumber(fields: Fields, name: string): number | undefined {
  const value = optionalText(fields, name)?.trim() ?? '';
  return /^[+-]?\d+(\.\d*)?$/.test(value) ? Number(value) : undefined;
}

/** `1` or the word `true`. */
export function flag(fields: Fields, name: string): boolean {
  const value = text(fields, name);
  return value === '1' || value.toLowerCase() === 'true';
}

/** Unix seconds as a moment; `undefined` if absent, unreadable, or 0, by which the platform means "not yet". */
export function moment(fields: Fields, name: string): Date | undefined {
  const value = text(fields, name);
  return /^\d{1,12}$/.test(value) && Number(value) > 0 ? new Date(Number(value) * 1000) : undefined;
}

/** All texts under a name, which may stand there never, once or repeatedly. */
export function texts(fields: Fields, name: string): string[] {
  return each(fields[name])
    .filter((item) => typeof item === 'string')
    .filter((item) => item !== '');
}

/** All blocks along a path of names, wherever on it the repetition is: `<PicList>` has been seen once per picture. */
export function blocks(root: Fields, ...path: string[]): Fields[] {
  let found: Fields[] = [root];
  for (const name of path) {
    found = found.flatMap((fields) => each(fields[name]).filter((item) => typeof item !== 'string'));
  }
  return found;
}

/** The one block under a name; an empty one if it is missing. */
export function block(fields: Fields, name: string): Fields {
  return blocks(fields, name)[0] ?? noFields();
}

function each(value: FieldValue | undefined): (string | Fields)[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(each) : [value];
}
