import { AppError } from '../protocol/app-error.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push/push.js';
import type { Reply } from '../protocol/reply.js';
import { readReturned, type Outcome } from './handler-result.js';
import {
  HandleContextImpl,
  LaterContextImpl,
  type ChosenContext,
  type LateServices,
  type RunServices,
} from './context.js';
import type { Handler } from './define-handler.js';
import type { LoadedHandler } from './registry.js';
import type { Route } from './router.js';

export type { Outcome } from './handler-result.js';
export type { HandlerApi, DeadlineView, LateServices, RunServices } from './context.js';

/** A job needs the `later` of a handler that no longer has one. */
export class HandlerCannotFinish extends AppError {
  readonly code = 'handler_cannot_finish';
}

/**
 * Runs `handle` for one push. The outcome of a synchronous handler is returned without a promise, which keeps the hot
 * path fast.
 *
 * Errors of the handler, of `readReturned` and of the upload propagate.
 */
export function runHandle(route: Route, push: Push, services: RunServices): Outcome | Promise<Outcome> {
  const { name, module } = route.handler;
  const from = { handler: name, mayDefer: module.later !== undefined, push };
  const run = new HandleContextImpl(route.handler, push, route.found, services);
  try {
    const answer: unknown =
      route.chosen === undefined ? module.handle(run) : takeTap(module, run, route.chosen);
    return isThenable(answer)
      ? settled(answer).then((returned) => conclude(run, returned, from))
      : conclude(run, answer, from);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** The router sends taps to handlers with `chosen` alone. */
function takeTap(module: Handler, run: HandleContextImpl, id: string): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a tap is a text message
  return module.chosen?.(run as unknown as ChosenContext, id);
}

/**
 * Runs `later` with the task of the deferral.
 *
 * @throws HandlerCannotFinish, and errors of the handler, of `readReturned` and of the upload
 */
export async function runLater(
  handler: LoadedHandler,
  push: Push,
  task: Json,
  services: LateServices,
): Promise<Outcome> {
  const { name, module } = handler;
  if (module.later === undefined)
    throw new HandlerCannotFinish(
      `The handler "${name}" has no \`later\` any more, and work is waiting for it: put it back, or drop the job`,
    );
  const run = new LaterContextImpl(handler, push, services);
  return conclude(run, await module.later(run, task), { handler: name, mayDefer: false, push });
}

/** Uploads the files of a reply first, because every channel needs media ids. */
function conclude(
  run: LaterContextImpl,
  returned: unknown,
  from: { handler: string; mayDefer: boolean; push: Push },
): Outcome | Promise<Outcome> {
  run.reportUnused(returned);
  const read = readReturned(returned, from);
  if (read.type !== 'replied') return read;
  const ready = run.uploadFiles<Reply>(read.reply);
  if (ready instanceof Promise) return ready.then((reply) => ({ type: 'replied', reply }));
  return { type: 'replied', reply: ready };
}

/** Wraps the handler's promise in our own, because its `then` may do anything. */
const settled = (answer: PromiseLike<unknown>): Promise<unknown> => new Promise((resolve) => resolve(answer));

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
