import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push/push.js';
import type { ChosenResult, HandlerResult, Deferral, LaterResult } from './handler-result.js';
import type { ChosenContext, HandleContext, LateContext } from './context.js';
import { noteDefinitionSite } from './definition-site.js';
import type { On, PushOn } from './event-filter.js';

/** `when` returns one of these for a push that is not the handler's. */
export type NotMine = undefined | null | false;

/**
 * A handler: the pushes that it takes, and its answer. Any object of this shape is a handler; `defineHandler` adds the
 * types. P: the push; F: the result of `when`; T: the task for `later`.
 *
 * @example
 * const handler: Handler = { on: 'message', handle: ({ reply: replies }) => replies.text('收到') };
 */
export interface Handler<P extends Push = Push, F = unknown, T = Json> {
  readonly on: On | readonly On[];
  /**
   * Names of the accounts whose pushes it gets.
   *
   * @defaultValue all accounts
   */
  readonly accounts?: readonly string[];
  when?(push: P): F | NotMine;
  handle(ctx: HandleContext<P, F>): HandlerResult | Promise<HandlerResult>;
  later?(ctx: LateContext<P>, task: T): LaterResult | Promise<LaterResult>;
  /** Answers a tap on a choice that this handler offered, by the choice's id. See `ctx.reply.choices`. */
  chosen?(ctx: ChosenContext, id: string): ChosenResult | Promise<ChosenResult>;
}

/** The task type of a handler's result. */
type TaskOf<R> = R extends Deferral<infer T> ? T : never;

/**
 * Requires `later` from a handler that defers. While tsc has not inferred `handle` yet, R is the whole `HandlerResult`,
 * and nothing is required.
 */
type Finished<R> = [HandlerResult] extends [R]
  ? unknown
  : [TaskOf<R>] extends [never]
    ? unknown
    : { later: unknown };

/**
 * Infers the types of a handler: `on` narrows the push, `when` types `ctx.found`, and the task given to `ctx.defer`
 * types the second parameter of `later`. The result type is not used for inference: with a variable of the type
 * `Handler`, tsc would need half a second per call.
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
    readonly accounts?: readonly string[];
    when?(push: PushOn<O>): F | NotMine;
    handle(ctx: HandleContext<PushOn<O>, F>): R | Promise<R>;
    later?(ctx: LateContext<PushOn<O>>, task: TaskOf<R>): LaterResult | Promise<LaterResult>;
    chosen?(ctx: ChosenContext, id: string): ChosenResult | Promise<ChosenResult>;
  } & Finished<R>,
): NoInfer<Handler<PushOn<O>, F, TaskOf<R>>> {
  noteDefinitionSite(handler, defineHandler);
  return handler;
}
