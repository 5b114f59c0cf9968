import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { Due } from './due-heap.js';

/** A job with the queue's data about it. */
export interface QueuedJob extends Due {
  readonly job: DeferredJob;
  maybeRemote: boolean;
  /** True if it waits only for its user until it is due. */
  inMailbox: boolean;
  /** True if it was due and could not be sent. Only for the counts: a restart forgets it until the next run. */
  isOverdue: boolean;
  /** The consumer that processes it. */
  worker: object | undefined;
  /** Settles with its put; a second put of the same id waits for it, too. */
  durable: Promise<void>;
  /** Size of its JSON text. */
  readonly bytes: number;
}
