/**
 * Checks that a value survives storage as JSON: text, finite numbers, booleans, null, lists and plain objects of these.
 *
 * Otherwise throws the error from `refuse`, which gets the first invalid path, such as `task.cities[2]`, and its value.
 */
export function checkJson(value: unknown, path: string, refuse: Refuse): void {
  checkValue(value, path, [], refuse);
}

/** Limit of nested lists and objects. Some thousands would overflow the stack here and in JSON.stringify. */
const DEEPEST = 200;

type Refuse = (path: string, what: string) => Error;

function checkValue(value: unknown, path: string, above: readonly object[], refuse: Refuse): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw refuse(path, `the number ${value}`);
    case 'object':
      if (value !== null) checkParts(value, path, above, refuse);
      return;
    default:
      throw refuse(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function checkParts(value: object, path: string, above: readonly object[], refuse: Refuse): void {
  if (above.includes(value)) throw refuse(path, 'a part of itself');
  if (above.length >= DEEPEST) throw refuse('it', `nested deeper than ${DEEPEST} levels`);
  const inside = [...above, value];
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) checkValue(part, `${path}[${index}]`, inside, refuse);
    return;
  }
  if (!isPlain(value)) throw refuse(path, `a ${value.constructor?.name || 'special object'}`);
  for (const [key, part] of Object.entries(value)) checkValue(part, `${path}.${key}`, inside, refuse);
}

/** True for plain objects of any realm: without a prototype, or with one that has none itself. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
