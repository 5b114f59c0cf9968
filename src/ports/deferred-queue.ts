import type { Json } from '../protocol/json.js';

/** The work of a late answer, with all that is needed to do it. The record of the push holds its progress. */
export interface DeferredJob {
  /**
   * One job per record: the push's id, or another one for a redrive. Characters of `[A-Za-z0-9._-]`, never digits only.
   */
  readonly id: string;
  readonly appId: string;
  readonly pushId: string;
  readonly user: string;
  /** The opened push as received (XML or JSON text), to be parsed again. */
  readonly push: string;
  readonly receivedAtMs: number;
  /** The handler's name: its file name. */
  readonly handler: string;
  /** `overrun`: `handle` runs again unless its owner finishes. `deferred`: `later` runs with `task`. */
  readonly reason: 'overrun' | 'deferred';
  readonly task?: Json;
  /** Set for the redrive of a dead letter, whose record and job are its own, not those of the push. */
  readonly redrive?: { readonly sinceMs: number };
  /** The span that wrote the job (W3C Trace Context), if tracing is on. */
  readonly traceparent?: string;
}

/** The next step for a job after a worker has run it. */
export type JobResult =
  | { readonly type: 'done' }
  /**
   * Process the job again after this time. `inMailbox`: it waits only for its user. `isOverdue`: it was due and could
   * not be sent, so it counts as due while it waits.
   */
  | {
      readonly type: 'retry';
      readonly afterMs: number;
      readonly inMailbox?: true;
      readonly isOverdue?: true;
    };

/** Processes a job. A rejection counts as `retry` after a second, and is logged. */
export type JobProcessor = (job: DeferredJob, signal: AbortSignal) => Promise<JobResult>;

/** Numbers of jobs in a queue, by what they wait for. */
export interface QueueCounts {
  /** Due, and not taken yet. */
  readonly waiting: number;
  /** Not due yet: the lease of a run, a retry. */
  readonly delayed: number;
  /** Their answers are in the mailbox and only wait for the user. */
  readonly inMailbox: number;
  readonly active: number;
  /** Arrival of the oldest push among the jobs that are due, overdue or active. Absent: there is none. */
  readonly oldestPushAtMs?: number;
}

export interface PutOptions {
  readonly notBeforeMs?: number;
  /** Until then the job waits only for its user. */
  readonly inMailbox?: boolean;
}

/** Ends a job of which the queue has only the id left. */
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
 * Stores the jobs of late answers until their result is `done`. Delivers at least once: the record decides, not the
 * queue.
 *
 * @throws QueueUnavailable  the job was not stored, or its storage is uncertain
 */
export interface DeferredQueue {
  /** Resolves only once the job would survive a crash. The same id twice is stored once (the first data stays). */
  put(job: DeferredJob, options?: PutOptions): Promise<void>;
  /** Makes a waiting job due now. Does nothing if it is absent or active. */
  promote(id: string): Promise<void>;
  /** Removes a waiting job. False if it is absent or active. */
  remove(id: string): Promise<boolean>;
  /** Counts all jobs. */
  size(): Promise<number>;
  /** Counts the jobs of all processes, by what they wait for. */
  counts(): Promise<QueueCounts>;
  consume(work: JobProcessor, options?: ConsumeOptions): Consumer;
  close(): Promise<void>;
}

/** The job was not stored, or its storage is uncertain. */
export class QueueUnavailable extends Error {
  override readonly name = 'QueueUnavailable';
  readonly code = 'queue_unavailable';
  /** False only if the job is certainly not in the queue. */
  readonly maybeStored: boolean;
  constructor(message: string, options?: { cause?: unknown; maybeStored?: boolean }) {
    super(message, { cause: options?.cause });
    this.maybeStored = options?.maybeStored ?? true;
  }
}
