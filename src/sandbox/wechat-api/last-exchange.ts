import type { SandboxState } from '../sandbox-state.js';
import type { ChatItem } from '../types.js';

/** The follower's last push, and how long ago it began: what a later message is shown against. */
export function lastExchangeOf(state: SandboxState, openId: string): Pick<ChatItem, 'exchange' | 'afterMs'> {
  const last = state.exchanges
    .list()
    .findLast(
      ({ follower, copyOf, hostile }) => follower === openId && copyOf === undefined && hostile === undefined,
    );
  return last === undefined ? {} : { exchange: last.id, afterMs: state.clock.now() - last.atMs };
}
