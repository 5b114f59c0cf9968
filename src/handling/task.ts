import { AppError } from '../protocol/app-error.js';
import type { Json } from '../protocol/json.js';

/** A task given to `ctx.defer` that would not come back equal from storage. */
export class TaskNotJson extends AppError {
  readonly code = 'task_not_json';
}

/**
 * Passes a task on if it is JSON: text, finite numbers, booleans, null, lists and plain objects of these.
 *
 * @throws TaskNotJson naming the place, such as `task.cities[2]`
 */
export function checkTask<T>(task: T): T & Json {
  checkValue(task, 'task', []);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked, part by part
  return task as T & Json;
}

function checkValue(value: unknown, path: string, above: readonly object[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw refused(path, `the number ${value}`);
    case 'object':
      if (value !== null) checkParts(value, path, above);
      return;
    default:
      throw refused(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function checkParts(value: object, path: string, above: readonly object[]): void {
  if (above.includes(value)) throw refused(path, 'a part of itself');
  const inside = [...above, value];
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) checkValue(part, `${path}[${index}]`, inside);
    return;
  }
  if (!isPlain(value)) throw refused(path, `a ${value.constructor?.name || 'special object'}`);
  for (const [key, part] of Object.entries(value)) checkValue(part, `${path}.${key}`, inside);
}

/** Of any realm: its prototype is none, or one that has none itself. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const refused = (path: string, what: string): TaskNotJson =>
  new TaskNotJson(
    `ctx.defer takes JSON, because a task outlives the process, and ${path} is ${what}: leave it out or turn it into text`,
  );
