import type { Stage } from '../stage.js';
import type { ChatItem } from '../types.js';

/** The follower's last push, and how long ago it began: what a later message is shown against. */
export function lastExchangeOf(stage: Stage, openId: string): Pick<ChatItem, 'exchange' | 'afterMs'> {
  const last = stage.exchanges
    .list()
    .findLast(
      ({ follower, copyOf, hostile }) => follower === openId && copyOf === undefined && hostile === undefined,
    );
  return last === undefined ? {} : { exchange: last.id, afterMs: stage.clock.now() - last.atMs };
}
