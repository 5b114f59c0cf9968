import type { DeferredJob } from './deferred-queue.js';
import type { DeadLetter } from './state-store.js';

/** A dead letter as stored up to journal format 3. */
type OlderDeadLetter = DeadLetter & {
  readonly road?: 'customer-service' | 'kept';
  readonly attempts?: number;
};

/** A job as stored up to journal format 3. */
type OlderJob = DeferredJob & { readonly again?: { readonly sinceMs: number } };

const REASONS: ReadonlyMap<string, string> = new Map([
  ['not_asked_for', 'mailbox_expired'],
  ['handler_hung', 'handler_timeout'],
]);

/** Reads a stored dead letter, with today's names or those up to journal format 3. */
export function readDeadLetter(stored: OlderDeadLetter): DeadLetter {
  const { road, attempts, ...letter } = stored;
  return {
    ...letter,
    reason: REASONS.get(letter.reason) ?? letter.reason,
    ...(attempts !== undefined && { runs: attempts }),
    ...(road !== undefined && { channel: road === 'kept' ? 'mailbox' : road }),
  };
}

/** Reads a stored job, with today's names or those up to journal format 3. */
export function readJob(stored: OlderJob): DeferredJob {
  const { again, ...job } = stored;
  return again === undefined ? job : { ...job, redrive: again };
}
