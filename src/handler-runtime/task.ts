import { AppError } from '../protocol/app-error.js';
import type { Json } from '../protocol/json.js';
import { checkJson } from './check-json.js';

/**
 * The task given to `ctx.defer` would not survive storage as JSON.
 *
 * @example
 * if (error instanceof TaskNotJson) log.error({ err: error }, 'a task is plain JSON');
 */
export class TaskNotJson extends AppError {
  readonly code = 'task_not_json';
}

/**
 * Returns a task if it is JSON: text, finite numbers, booleans, null, lists and plain objects of these.
 *
 * @throws TaskNotJson naming the place, such as `task.cities[2]`
 */
export function checkTask<T>(task: T): T & Json {
  checkJson(task, 'task', refused);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked, part by part
  return task as T & Json;
}

/** Returns a copy of a task if it is JSON. @throws TaskNotJson */
export function takeTask(task: unknown): Json {
  checkJson(task, 'task', refused);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON makes of JSON is JSON
  return JSON.parse(JSON.stringify(task)) as Json;
}

const refused = (path: string, what: string): TaskNotJson =>
  new TaskNotJson(
    `ctx.defer takes JSON, because a task outlives the process, and ${path} is ${what}: leave it out or turn it into text`,
  );
