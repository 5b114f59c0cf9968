import type { Stage } from './stage.js';
import type { BookRequest } from './types.js';

/** Does one deed to the book of tokens, windows and quotas. */
export function changeBook(stage: Stage, request: BookRequest): void {
  switch (request.action) {
    case 'invalidate-tokens':
      stage.tokens.invalidate(request.channel);
      return;
    case 'close-window':
      stage.windows.close(stage.followers.meet(request.follower).openId);
      return;
    case 'spend-quota':
      stage.quotas.exhaust(request.path);
      return;
    case 'reset-quotas':
      stage.quotas.reset();
      return;
    default:
      request satisfies never;
  }
}
