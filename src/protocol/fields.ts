/** A value of a push under its wire name: text, a nested block, or a list if the name is repeated. */
export type FieldValue = string | Fields | FieldValue[];
/** A block of fields without a prototype, so that `__proto__` and `toString` are ordinary keys. */
export type Fields = { [name: string]: FieldValue };

/** Creates an empty block. */
export function noFields(): Fields {
  const fields: Fields = Object.create(null);
  return fields;
}

/** Adds an element to its block. A repeated name becomes a list, in order. */
export function addField(fields: Fields, name: string, value: string | Fields): void {
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else fields[name] = [known, value];
}

/** Greatest depth of elements within the root; WeChat uses five. */
export const MAX_FIELD_DEPTH = 16;
