/**
 * Looks whether a value would come back equal from storage: text, finite numbers, booleans, null, lists and plain objects
 * of these.
 *
 * Throws what `refuse` makes of the first place that would not, such as `task.cities[2]`, and of what is there.
 */
export function checkJson(value: unknown, path: string, refuse: Refuse): void {
  checkValue(value, path, [], refuse);
}

/** Levels of lists and objects. Beyond some thousands neither this nor JSON.stringify has the stack for it. */
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

/** Of any realm: its prototype is none, or one that has none itself. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
