import type { Logger } from '../ports/logger.js';
import type { OpenId } from '../protocol/ids.js';
import type { Push } from '../protocol/push.js';
import type { ApiFace } from './context.js';
import type { On, PushOn } from './on.js';

/** What an observer gets: it can look and note, and neither reply nor delay. */
export interface ObserveContext<P extends Push = Push> {
  readonly push: P;
  readonly user: OpenId;
  readonly api: ApiFace;
  readonly log: Logger;
}

/** Hears every push that `on` names, beside the handler that answers it. */
export interface Observer<P extends Push = Push> {
  readonly on: On | readonly On[];
  observe(ctx: ObserveContext<P>): unknown;
}

/** Types an observer: `on` narrows the push. */
export function defineObserver<const O extends On | readonly On[]>(observer: {
  readonly on: O;
  observe(ctx: ObserveContext<PushOn<O>>): unknown;
}): Observer<PushOn<O>> {
  return observer;
}
