import type { SandboxState } from '../sandbox-state.js';
import type { ChatItem } from '../types/types.js';

/** Returns the follower's last push and the time since its start, to show beside a later message. */
export function lastExchangeOf(state: SandboxState, openId: string): Pick<ChatItem, 'exchange' | 'afterMs'> {
  const last = state.exchanges
    .list()
    .findLast(
      ({ follower, copyOf, hostile }) => follower === openId && copyOf === undefined && hostile === undefined,
    );
  return last === undefined ? {} : { exchange: last.id, afterMs: state.clock.now() - last.atMs };
}
