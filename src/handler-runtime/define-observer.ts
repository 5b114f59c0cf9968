import type { Logger } from '../ports/logger.js';
import type { OpenId, PushId } from '../protocol/ids.js';
import type { Push } from '../protocol/push/push.js';
import type { HandlerApi } from './context.js';
import type { On, PushOn } from './event-filter.js';

/**
 * The context of an observer, which can neither reply nor delay.
 *
 * @example
 * const note = ({ user: openId, log: own }: ObserveContext) => own.info({ openId }, 'seen');
 */
export interface ObserveContext<P extends Push = Push> {
  readonly push: P;
  readonly user: OpenId;
  /** Name of the account that the push is for: its key in the accounts file; `default` where there is only one. */
  readonly account: string;
  readonly api: HandlerApi;
  readonly log: Logger;
}

/**
 * An answer that did not reach its user. A dead letter keeps it completely (docs/dead-letters.md).
 *
 * @example
 * const tell = (letter: UndeliveredAnswer) => log.warn({ letter: letter.id, reason: letter.reason }, 'not delivered');
 */
export interface UndeliveredAnswer {
  /** Id of the dead letter, for a redrive. */
  readonly id: string;
  /** The reason, such as `window-closed` or `later_threw`: see docs/errors.md. */
  readonly reason: string;
  /** Details for an operator, without texts of users. */
  readonly detail: string;
  /** The errcode with which WeChat refused it. */
  readonly errcode?: number;
  readonly pushId: PushId;
  /** Name of the handler whose answer it is. */
  readonly handler: string;
  /** Number of unsent messages; 0 if none had been made. */
  readonly messages: number;
}

/**
 * Gets every push that `on` selects, besides the handler that answers it, and the answers that did not arrive.
 *
 * @example
 * const observer: Observer = { on: '*', observe: ({ push: seen, log: own }) => own.info({ kind: seen.kind }, 'seen') };
 */
export interface Observer<P extends Push = Push> {
  readonly on: On | readonly On[];
  /**
   * Names of the accounts whose pushes it gets.
   *
   * @defaultValue all accounts
   */
  readonly accounts?: readonly string[];
  observe?(ctx: ObserveContext<P>): unknown;
  /** Called when the answer to such a push, or a part of it, became a dead letter. */
  undelivered?(ctx: ObserveContext<P>, letter: UndeliveredAnswer): unknown;
}

/**
 * Infers the types of an observer: `on` narrows the push. It has `observe`, `undelivered` or both. `NoInfer`: as in
 * `defineHandler`.
 *
 * @example
 * export default defineObserver({ on: 'event.subscribe', observe: ({ user: openId, log: own }) => own.info({ openId }, 'a new follower') });
 */
export function defineObserver<const O extends On | readonly On[]>(observer: {
  readonly on: O;
  readonly accounts?: readonly string[];
  observe?(ctx: ObserveContext<PushOn<O>>): unknown;
  undelivered?(ctx: ObserveContext<PushOn<O>>, letter: UndeliveredAnswer): unknown;
}): NoInfer<Observer<PushOn<O>>> {
  return observer;
}
