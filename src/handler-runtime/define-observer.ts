import type { Logger } from '../ports/logger.js';
import type { OpenId, PushId } from '../protocol/ids.js';
import type { Push } from '../protocol/push.js';
import type { HandlerApi } from './context.js';
import type { On, PushOn } from './event-filter.js';

/** What an observer gets: it can look and note, and neither reply nor delay. */
export interface ObserveContext<P extends Push = Push> {
  readonly push: P;
  readonly user: OpenId;
  readonly api: HandlerApi;
  readonly log: Logger;
}

/** An answer that reached nobody: kept as a dead letter, whole (docs/dead-letters.md). */
export interface UndeliveredAnswer {
  /** Of the letter, which can be tried again by it. */
  readonly id: string;
  /** One word, such as `window-closed` or `later_threw`: docs/errors.md has all. */
  readonly reason: string;
  /** For an operator. Holds nothing that anybody said. */
  readonly detail: string;
  /** What WeChat refused it with. */
  readonly errcode?: number;
  readonly pushId: PushId;
  /** Name of the handler whose answer it is. */
  readonly handler: string;
  /** How many messages were not sent; 0 where none had been made. */
  readonly messages: number;
}

/** Hears every push that `on` names, beside the handler that answers it, and of the answers to it that reached nobody. */
export interface Observer<P extends Push = Push> {
  readonly on: On | readonly On[];
  observe?(ctx: ObserveContext<P>): unknown;
  /** The answer to such a push, or a part of it, became a dead letter. */
  undelivered?(ctx: ObserveContext<P>, letter: UndeliveredAnswer): unknown;
}

/** Types an observer: `on` narrows the push. It has `observe`, `undelivered` or both. `NoInfer`: as in `defineHandler`. */
export function defineObserver<const O extends On | readonly On[]>(observer: {
  readonly on: O;
  observe?(ctx: ObserveContext<PushOn<O>>): unknown;
  undelivered?(ctx: ObserveContext<PushOn<O>>, letter: UndeliveredAnswer): unknown;
}): NoInfer<Observer<PushOn<O>>> {
  return observer;
}
