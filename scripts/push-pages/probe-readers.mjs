// Finds the fields that a reader of src/protocol/push/ makes of elements, by calling it, not by reading its source.

/** Values under which a field that depends on an element changes; two of them are prefixes of EventKey. */
const PROBES = ['1', 'qrscene_1', 'last_trade_no_1'];
const BASE = '0';

/**
 * What one kind has: `field` as handlers see it, the `elements` that it is read from (dots: nested; several where WeChat
 * puts them into different blocks), the other spelling where WeChat has two, its `type`, and whether it may be `undefined`.
 */
export function probeReader(reader) {
  const { values: base, asked } = run(reader, () => BASE);
  const rows = new Map();
  for (const element of asked) {
    for (const probe of PROBES) {
      const { values } = run(reader, (path) => (path === element ? probe : BASE));
      for (const [field, all] of values) {
        const changed = all.find((value, index) => String(value) !== String(base.get(field)?.[index]));
        if (changed === undefined) continue;
        const row = rows.get(field) ?? {
          field,
          elements: [],
          type: typeOf(changed),
          ...absence(reader, { field, element, asked }),
        };
        if (!row.elements.includes(element)) row.elements.push(element);
        rows.set(field, row);
      }
    }
  }
  return [...base.keys()].filter((field) => rows.has(field)).map((field) => rows.get(field));
}

/** Without the element: the other spelling that is asked for then, and whether the field is `undefined`. */
function absence(reader, { field, element, asked }) {
  const without = run(reader, (path) => (path === element ? undefined : BASE));
  const [otherElement] = [...without.asked].filter((path) => !asked.has(path));
  const hasNeither = run(reader, (path) => (path === element || path === otherElement ? undefined : BASE));
  return {
    ...(otherElement !== undefined && { otherElement }),
    optional: (hasNeither.values.get(field) ?? []).includes(undefined),
  };
}

/** Reads a push in which every element is there, as a text and as a block at once. */
function run(reader, textAt) {
  const asked = new Set();
  const fieldsAt = (prefix) =>
    new Proxy(Object.create(null), {
      get(_, name) {
        const path = `${prefix}${String(name)}`;
        asked.add(path);
        const text = textAt(path);
        return text === undefined ? undefined : [text, fieldsAt(`${path}.`)];
      },
    });
  const values = new Map();
  flatten(reader(fieldsAt('')), '', values);
  // A block has no value of its own; only the ends of paths are elements.
  const ends = [...asked].filter((path) => ![...asked].some((other) => other.startsWith(`${path}.`)));
  return { values, asked: new Set(ends) };
}

/** By path, all values: a list has several under one path. */
function flatten(value, path, into) {
  if (Array.isArray(value)) for (const item of value) flatten(item, `${path}[]`, into);
  else if (typeof value === 'object' && value !== null && !(value instanceof Date))
    for (const [name, item] of Object.entries(value))
      flatten(item, path === '' ? name : `${path}.${name}`, into);
  else into.set(path, [...(into.get(path) ?? []), value]);
}

const typeOf = (value) => (value instanceof Date ? 'Date' : typeof value);
