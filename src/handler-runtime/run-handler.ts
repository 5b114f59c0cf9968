import { AppError } from '../protocol/app-error.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import type { Reply } from '../protocol/reply.js';
import { readReturned, type Outcome } from './handler-result.js';
import { HandleContextImpl, LaterContextImpl, type LateServices, type RunServices } from './context.js';
import type { LoadedHandler } from './registry.js';
import type { Route } from './router.js';

export type { Outcome } from './handler-result.js';
export type { HandlerApi, DeadlineView, LateServices, RunServices } from './context.js';

/** A job waits for a `later` that the handler of that name no longer has. */
export class HandlerCannotFinish extends AppError {
  readonly code = 'handler_cannot_finish';
}

/**
 * Runs `handle` for one push. A handler that does not wait is answered for without a promise, so the hot path waits
 * for nothing either.
 *
 * Rejects with whatever the handler threw, with what `readReturned` throws, and with what uploading its files throws.
 */
export function runHandle(route: Route, push: Push, services: RunServices): Outcome | Promise<Outcome> {
  const { name, module } = route.handler;
  const from = { handler: name, mayDefer: module.later !== undefined, push };
  const run = new HandleContextImpl(name, push, route.found, services);
  try {
    const answer: unknown = module.handle(run);
    return isThenable(answer)
      ? settled(answer).then((returned) => conclude(run, returned, from))
      : conclude(run, answer, from);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Runs `later` with the task that `handle` left.
 *
 * @throws HandlerCannotFinish, what `readReturned` throws, whatever the handler and uploading its files throw
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
  const run = new LaterContextImpl(name, push, services);
  return conclude(run, await module.later(run, task), { handler: name, mayDefer: false, push });
}

/** What files a reply has are uploaded before it counts: on whichever channel it goes, it names media ids. */
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

/** A promise of ours: what a handler returned may be one whose own `then` does anything at all. */
const settled = (answer: PromiseLike<unknown>): Promise<unknown> => new Promise((resolve) => resolve(answer));

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
