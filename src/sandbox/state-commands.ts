import type { SandboxState } from './sandbox-state.js';
import type { BookRequest } from './types/types.js';

/** Runs one command on the state of tokens, windows and quotas. */
export function runStateCommand(state: SandboxState, request: BookRequest): void {
  switch (request.action) {
    case 'invalidate-tokens':
      state.tokens.invalidate(request.channel);
      return;
    case 'close-window':
      state.windows.close(state.followers.getOrCreate(request.follower).openId);
      return;
    case 'spend-quota':
      state.quotas.exhaust(request.path);
      return;
    case 'reset-quotas':
      state.quotas.reset();
      return;
    default:
      request satisfies never;
  }
}
