import type { Sandbox } from '../sandbox-interface.js';
import type { Stage } from '../stage.js';
import type { State } from '../types.js';

const RECENT = 50;

/** Enough to draw the page once. */
export function stateOf(stage: Stage, sandbox: Sandbox): State {
  return {
    ...sandbox.time(),
    account: stage.account(),
    accessPoints: sandbox.accessPoints(),
    followers: stage.followers.list(),
    faults: stage.faults.list(),
    markFail: stage.markFail.view(),
    book: stage.book(),
    exchanges: stage.exchanges.list().slice(-RECENT),
    chat: stage.chat.list().slice(-4 * RECENT),
    calls: stage.calls.list().slice(-RECENT),
  };
}
