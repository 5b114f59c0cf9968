import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { Due } from './due-heap.js';

/** A job with all that the queue knows of it. */
export interface QueuedJob extends Due {
  readonly job: DeferredJob;
  maybeRemote: boolean;
  /** Until it is due it waits for nothing but its user. */
  inMailbox: boolean;
  /** The consumer that works on it. */
  worker: object | undefined;
  /** Settles as its put does; a second put of the same id waits for it as well. */
  durable: Promise<void>;
  /** Of its JSON text. */
  readonly bytes: number;
}
