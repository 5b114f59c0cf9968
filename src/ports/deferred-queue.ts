import type { Json } from '../protocol/json.js';

/** Work promised to a user. What became of it stands in the push's record; this is what is needed to do it. */
export interface DeferredJob {
  /** One job per record: the push's id, unless a letter is tried `again`. Letters of `[A-Za-z0-9._-]`, never digits only. */
  readonly id: string;
  readonly appId: string;
  readonly pushId: string;
  readonly user: string;
  /** The opened push as it came (XML or JSON text), to be parsed again. */
  readonly push: string;
  readonly receivedAtMs: number;
  /** The handler's name: its file name. */
  readonly handler: string;
  /** `overrun`: `handle` is run again unless its owner finishes. `deferred`: `later` is run with `task`. */
  readonly reason: 'overrun' | 'deferred';
  readonly task?: Json;
  /** A dead letter is tried again, since then. The record and the job are its own, and no longer those of the push. */
  readonly redrive?: { readonly sinceMs: number };
}

/** What is to become of a job after one look at it. */
export type JobResult =
  | { readonly type: 'done' }
  /** Not yet: look again after this time. `inMailbox`: until then it waits for nothing but its user. */
  | { readonly type: 'retry'; readonly afterMs: number; readonly inMailbox?: true };

/** Does a job. A rejection counts as `again` after a second, and is logged. */
export type JobProcessor = (job: DeferredJob, signal: AbortSignal) => Promise<JobResult>;

/** The jobs of a queue by what they wait for. */
export interface QueueCounts {
  /** Due, and not taken yet. */
  readonly waiting: number;
  /** Not due yet: the lease of a run, a retry. */
  readonly delayed: number;
  /** Its answer is in the mailbox: it only waits for its user. */
  readonly inMailbox: number;
  readonly active: number;
  /** When the push of the oldest job came that is due or being worked on. Absent: there is none. */
  readonly oldestPushAtMs?: number;
}

export interface PutOptions {
  readonly notBeforeMs?: number;
  /** Until then it waits for nothing but its user. */
  readonly inMailbox?: boolean;
}

/** Ends a job of which the queue has nothing left but the id. */
export type LostJobProcessor = (id: string) => Promise<JobResult>;

export interface ConsumeOptions {
  readonly concurrency?: number;
  /** Without it a job that lost its data is dropped, with an error in the log. */
  readonly onLost?: LostJobProcessor;
}

export interface Consumer {
  /** Takes no more jobs, waits for the running ones for at most `graceMs`; the rest stay in the queue. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Work promised to users, kept until its verdict is `done`. At least once: the record decides, not the queue.
 *
 * @throws QueueUnavailable  the job could not be kept, or nobody knows whether it was
 */
export interface DeferredQueue {
  /** Resolves only once the job would survive a crash. The same id twice is kept once (the first data stays). */
  put(job: DeferredJob, options?: PutOptions): Promise<void>;
  /** Makes a waiting job due now. Says nothing when it is absent or being worked on. */
  promote(id: string): Promise<void>;
  /** True when a waiting job was removed; false when it is absent or being worked on. */
  remove(id: string): Promise<boolean>;
  /** How many jobs there are, whatever they wait for. */
  size(): Promise<number>;
  /** The same, told apart. Shared by all processes of a queue. */
  counts(): Promise<QueueCounts>;
  consume(work: JobProcessor, options?: ConsumeOptions): Consumer;
  close(): Promise<void>;
}

/** The job was not kept, or nobody knows whether it was. */
export class QueueUnavailable extends Error {
  override readonly name = 'QueueUnavailable';
  readonly code = 'queue_unavailable';
  /** False only where it is certain that the job is not in the queue. */
  readonly maybeStored: boolean;
  constructor(message: string, options?: { cause?: unknown; maybeStored?: boolean }) {
    super(message, { cause: options?.cause });
    this.maybeStored = options?.maybeStored ?? true;
  }
}
