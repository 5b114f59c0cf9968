import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import type { HandlerResult, Deferral, LaterResult } from './handler-result.js';
import type { HandleContext, LateContext } from './context.js';
import type { On, PushOn } from './event-filter.js';

/** What `when` returns for "not mine". */
export type NotMine = undefined | null | false;

/**
 * A handler: what it hears, and how it answers. Any object of this shape is one; `defineHandler` adds the types.
 * P: the push; F: what `when` found; T: the task that `later` finishes.
 */
export interface Handler<P extends Push = Push, F = unknown, T = Json> {
  readonly on: On | readonly On[];
  when?(push: P): F | NotMine;
  handle(ctx: HandleContext<P, F>): HandlerResult | Promise<HandlerResult>;
  later?(ctx: LateContext<P>, task: T): LaterResult | Promise<LaterResult>;
}

/** The tasks among the things a handler returns. */
type TaskOf<R> = R extends Deferral<infer T> ? T : never;

/**
 * A handler that defers must have a `later`. While tsc has not looked into `handle` yet, R is all of Answer, and the
 * question has to wait.
 */
type Finished<R> = [HandlerResult] extends [R]
  ? unknown
  : [TaskOf<R>] extends [never]
    ? unknown
    : { later: unknown };

/**
 * Types a handler from what it says: `on` narrows the push, `when` types `ctx.found`, and the task given to
 * `ctx.defer` types the second parameter of `later`. The result is no source of inference: where tsc tried to infer
 * from a variable of the type `Handler`, each call cost it half a second.
 *
 * @example
 * export default defineHandler({
 *   on: 'message.text',
 *   when: ({ content }) => /^天气\s*(\S+)/.exec(content)?.[1],
 *   handle: (ctx) => ctx.defer({ city: ctx.found }),
 *   later: async (ctx, { city }) => ctx.reply.text(await forecast(city, ctx.signal)),
 * });
 */
export function defineHandler<const O extends On | readonly On[], R extends HandlerResult, F = undefined>(
  handler: {
    readonly on: O;
    when?(push: PushOn<O>): F | NotMine;
    handle(ctx: HandleContext<PushOn<O>, F>): R | Promise<R>;
    later?(ctx: LateContext<PushOn<O>>, task: TaskOf<R>): LaterResult | Promise<LaterResult>;
  } & Finished<R>,
): NoInfer<Handler<PushOn<O>, F, TaskOf<R>>> {
  return handler;
}
