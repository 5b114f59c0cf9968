import type { Push } from '../../protocol/push/push.js';
import type { RecordedPush } from '../../recording/recorded-push.js';
import type { ReplayedAttempt } from './replay-pushes.js';

/** A recorded attempt and its position. */
export interface ChosenAttempt extends ReplayedAttempt {
  readonly line: number;
  readonly recorded: RecordedPush;
  readonly push: Push;
}
