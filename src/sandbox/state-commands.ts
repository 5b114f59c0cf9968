import type { SandboxState } from './sandbox-state.js';
import type { BookRequest } from './types.js';

/** Does one deed to the book of tokens, windows and quotas. */
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
