/** What stood in a push, under its wire names: text, a nested block, or a list where a name was repeated. */
export type FieldValue = string | Fields | FieldValue[];
/** One block of fields, without a prototype: `__proto__` or `toString` on the wire are keys like any other. */
export type Fields = { [name: string]: FieldValue };

/** A block with nothing in it yet. */
export function noFields(): Fields {
  const fields: Fields = Object.create(null);
  return fields;
}

/** Adds one element to its block; a repeated name grows into a list, in the order in which it came. */
export function addField(fields: Fields, name: string, value: string | Fields): void {
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else fields[name] = [known, value];
}

/** How many levels of elements may lie inside the root; WeChat needs five. */
export const MAX_FIELD_DEPTH = 16;
