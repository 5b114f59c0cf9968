import type { Sandbox } from '../types/sandbox.js';
import type { SandboxState } from '../sandbox-state.js';
import type { State } from '../types/types.js';

const RECENT = 50;

/** Returns the data for the first rendering of the page. */
export function stateOf(state: SandboxState, sandbox: Sandbox): State {
  return {
    ...sandbox.time(),
    account: state.account(),
    accessPoints: sandbox.accessPoints(),
    followers: state.followers.list(),
    faults: state.faults.list(),
    markFail: state.pushSuspension.view(),
    book: state.book(),
    exchanges: state.exchanges.list().slice(-RECENT),
    chat: state.chat.list().slice(-4 * RECENT),
    calls: state.calls.list().slice(-RECENT),
  };
}
