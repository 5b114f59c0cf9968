import type { Router } from '../../handler-runtime/router.js';
import type { DeferredQueue } from '../../ports/deferred-queue.js';
import type { Events } from '../../ports/events.js';
import type { MailboxEntry } from '../../ports/state-store.js';
import type { DeadLetterDeps } from '../dead-letters/dead-letter.js';
import type { RecordDeps } from '../record/record-handle.js';
import type { Attempt, AttemptResponse } from './pending-attempts.js';

/** A run as the rest of its process sees it. */
export interface ActiveRun {
  join(attempt: Attempt): AttemptResponse | Promise<AttemptResponse>;
  handOff(): Promise<void>;
}

export interface RunDeps extends RecordDeps, DeadLetterDeps {
  readonly events: Events;
  readonly queue: DeferredQueue;
  readonly router: () => Router;
  /** The runs of this process by record key. A run stays until the store knows how it went. */
  readonly activeRuns: Map<string, ActiveRun>;
  /** The record keys of late work that this process is doing. */
  readonly activeDeliveries: Set<string>;
}

/** How a push came to this process. */
export interface Arrival {
  readonly receivedAtMs: number;
  /** From 1; always 1 where attempts are not counted. */
  readonly attemptNumber: number;
  /** When the first attempt came, as far as we know. */
  readonly sinceMs: number;
  /** A passive reply is possible until then. */
  readonly passiveUntilMs: number;
  /** What is kept for the sender, and may be said with the answer. */
  readonly mailbox: readonly MailboxEntry[];
}
