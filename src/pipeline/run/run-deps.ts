import type { Router } from '../../handler-runtime/router.js';
import type { DeferredQueue } from '../../ports/deferred-queue.js';
import type { Events } from '../../ports/events.js';
import type { OrderedTimers } from '../../ports/ordered-timers.js';
import type { MailboxEntry } from '../../ports/state-store.js';
import type { DeadLetterDeps } from '../dead-letters/dead-letter.js';
import type { RecordDeps } from '../record/record-handle.js';
import type { Attempt, AttemptResponse } from './pending-attempts.js';

/** A run, as the receiver and the shutdown use it. */
export interface ActiveRun {
  join(attempt: Attempt): AttemptResponse | Promise<AttemptResponse>;
  handOff(): Promise<void>;
}

export interface RunDeps extends RecordDeps, DeadLetterDeps {
  readonly events: Events;
  readonly queue: DeferredQueue;
  readonly router: () => Router;
  /** The runs of this process by record key. A run stays until its result is stored. */
  readonly activeRuns: Map<string, ActiveRun>;
  /** Timers of the waiting attempts. */
  readonly attemptTimers: OrderedTimers;
  /** Record keys of the deliveries in progress in this process. */
  readonly activeDeliveries: Set<string>;
  /** Writes in progress about mailbox entries that replies carried. The shutdown waits for them. */
  readonly settling: Set<Promise<void>>;
}

/** The attempt with which a push reached this process. */
export interface Arrival {
  readonly receivedAtMs: number;
  /** From 1; always 1 where attempts are not counted. */
  readonly attemptNumber: number;
  /** Arrival of the first known attempt. */
  readonly sinceMs: number;
  /** Last time at which a passive reply is possible. */
  readonly passiveUntilMs: number;
  /** The sender's mailbox entries, which the reply may carry. */
  readonly mailbox: readonly MailboxEntry[];
}
