import type { Clock } from '../../ports/clock.js';
import { QueueUnavailable } from '../../ports/deferred-queue.js';
import type {
  Consumer,
  DeferredJob,
  DeferredQueue,
  JobProcessor,
  PutOptions,
  QueueCounts,
} from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';
import { DueHeap } from './due-heap.js';
import type { Entry, Journaled } from './entry.js';
import { FileConsumer } from './file-consumer.js';
import type { Journal } from './journal.js';
import type { QueuedJob } from './queued-job.js';

export interface QueueLimits {
  readonly jobs: number;
  /** Limit of the JSON text of all jobs. */
  readonly bytes: number;
}

export interface LocalPutOptions extends PutOptions {
  /** The job may also be in the remote queue: it is stored, but not run before `confirmLocal`. */
  readonly maybeRemote?: boolean;
}

/**
 * Holds the jobs of one process in memory and in the journal. A put is durable. The end, the removal or a new due time
 * of a job is written within milliseconds, so after a crash a job may run once more; then its record decides.
 */
export class FileDeferredQueue implements DeferredQueue, Journaled {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limits: QueueLimits;
  /** Jobs in put order, including active ones. */
  readonly #jobs = new Map<string, QueuedJob>();
  /** Jobs that a consumer may take: durable, not `maybeRemote`, not active. */
  readonly #due = new DueHeap<QueuedJob>();
  readonly #consumers = new Set<FileConsumer>();
  #order = 0;
  #bytes = 0;
  #closed = false;

  constructor(journal: Journal, clock: Clock, log: Logger, limits: QueueLimits) {
    this.#journal = journal;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
  }

  put(job: DeferredJob, options: LocalPutOptions = {}): Promise<void> {
    if (this.#closed) return Promise.reject(new QueueUnavailable('the queue is closed'));
    const known = this.#jobs.get(job.id);
    if (known !== undefined) return known.durable;
    if (this.#jobs.size >= this.#limits.jobs || this.#bytes >= this.#limits.bytes)
      return Promise.reject(this.#full());
    const { notBeforeMs = 0, maybeRemote = false, inMailbox = false } = options;
    const item = this.#take(job, notBeforeMs, maybeRemote, inMailbox);
    item.durable = this.#journal.append(entryOf(item)).then(
      () => this.#offer(item),
      (cause: unknown) => {
        this.#drop(item);
        throw new QueueUnavailable('the journal could not be written; see the log for what its disk said', {
          cause,
        });
      },
    );
    return item.durable;
  }

  promote(id: string): Promise<void> {
    const item = this.#jobs.get(id);
    if (item === undefined || item.worker !== undefined) return Promise.resolve();
    const nowMs = this.#clock.now();
    if (item.dueAtMs <= nowMs) return Promise.resolve();
    this.#journal.appendLazily(['due', id, nowMs]);
    item.inMailbox = false;
    item.isOverdue = false;
    this.#move(item, nowMs);
    return Promise.resolve();
  }

  remove(id: string): Promise<boolean> {
    const item = this.#jobs.get(id);
    if (item === undefined || item.worker !== undefined) return Promise.resolve(false);
    this.#drop(item);
    this.#journal.appendLazily(['no-job', id]);
    return Promise.resolve(true);
  }

  /** False also while the last job is active. */
  get isEmpty(): boolean {
    return this.#jobs.size === 0;
  }

  size(): Promise<number> {
    return Promise.resolve(this.#jobs.size);
  }

  counts(): Promise<QueueCounts> {
    const nowMs = this.#clock.now();
    const counts = { waiting: 0, delayed: 0, inMailbox: 0, active: 0 };
    let oldestPushAtMs = Number.POSITIVE_INFINITY;
    for (const { job, worker, dueAtMs, inMailbox, isOverdue } of this.#jobs.values()) {
      const isDue = worker !== undefined || dueAtMs <= nowMs;
      const state = worker !== undefined ? 'active' : isDue ? 'waiting' : inMailbox ? 'inMailbox' : 'delayed';
      counts[state] += 1;
      if (isDue || isOverdue) oldestPushAtMs = Math.min(oldestPushAtMs, job.receivedAtMs);
    }
    return Promise.resolve({ ...counts, ...(Number.isFinite(oldestPushAtMs) && { oldestPushAtMs }) });
  }

  /** Yields every job that is not active, in put order. */
  *waiting(): Generator<{
    job: DeferredJob;
    notBeforeMs: number;
    maybeRemote: boolean;
    inMailbox: boolean;
  }> {
    for (const { job, dueAtMs: notBeforeMs, maybeRemote, inMailbox, worker } of this.#jobs.values()) {
      if (worker === undefined) yield { job, notBeforeMs, maybeRemote, inMailbox };
    }
  }

  /** Releases a `maybeRemote` job: no other queue has it. */
  confirmLocal(id: string): void {
    const item = this.#jobs.get(id);
    if (item === undefined || !item.maybeRemote) return;
    item.maybeRemote = false;
    this.#journal.appendLazily(['settled', id]);
    void item.durable.then(
      () => this.#offer(item),
      () => {}, // the caller of `put` got the error
    );
  }

  consume(work: JobProcessor, { concurrency = 64 }: { readonly concurrency?: number } = {}): Consumer {
    const consumer = new FileConsumer({
      work,
      concurrency,
      clock: this.#clock,
      log: this.#log,
      due: this.#due,
      finish: (item) => {
        this.#drop(item);
        this.#journal.appendLazily(['no-job', item.job.id]);
      },
      requeue: (item, dueAtMs, { inMailbox = false, isOverdue = false } = {}) => {
        item.dueAtMs = dueAtMs;
        item.inMailbox = inMailbox;
        item.isOverdue = isOverdue;
        this.#journal.appendLazily(
          inMailbox ? ['due', item.job.id, dueAtMs, true] : ['due', item.job.id, dueAtMs],
        );
        this.#offer(item);
      },
      stopped: () => this.#consumers.delete(consumer),
    });
    this.#consumers.add(consumer);
    consumer.startDue();
    return consumer;
  }

  /** Stops its consumers at once and flushes. The opener closes the journal. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop(0)));
    await this.#journal.sync().catch(() => {}); // the journal logged the reason
  }

  replay(entry: Entry): void {
    switch (entry[0]) {
      case 'job': {
        const [, job, dueAtMs, maybeRemote, inMailbox = false] = entry;
        if (!this.#jobs.has(job.id)) this.#offer(this.#take(job, dueAtMs, maybeRemote, inMailbox));
        return;
      }
      case 'due': {
        const item = this.#jobs.get(entry[1]);
        if (item === undefined) return;
        item.inMailbox = entry[3] === true;
        this.#move(item, entry[2]);
        return;
      }
      case 'settled': {
        const item = this.#jobs.get(entry[1]);
        if (item === undefined) return;
        item.maybeRemote = false;
        this.#offer(item);
        return;
      }
      case 'no-job': {
        const item = this.#jobs.get(entry[1]);
        if (item !== undefined) this.#drop(item);
      }
    }
  }

  *snapshot(): Generator<Entry> {
    for (const item of this.#jobs.values()) yield entryOf(item);
  }

  #take(job: DeferredJob, dueAtMs: number, maybeRemote: boolean, inMailbox: boolean): QueuedJob {
    const item: QueuedJob = {
      job,
      dueAtMs,
      maybeRemote,
      inMailbox,
      isOverdue: false,
      bytes: JSON.stringify(job).length,
      order: (this.#order += 1),
      heapIndex: -1,
      worker: undefined,
      durable: Promise.resolve(),
    };
    this.#jobs.set(job.id, item);
    this.#bytes += item.bytes;
    return item;
  }

  #move(item: QueuedJob, dueAtMs: number): void {
    const wasOffered = item.heapIndex >= 0;
    this.#due.remove(item);
    item.dueAtMs = dueAtMs;
    if (wasOffered) this.#offer(item);
  }

  /** Offers a job to consumers, unless it is removed, `maybeRemote` or active. */
  #offer(item: QueuedJob): void {
    if (
      this.#jobs.get(item.job.id) !== item ||
      item.maybeRemote ||
      item.worker !== undefined ||
      item.heapIndex >= 0
    )
      return;
    this.#due.add(item);
    if (!this.#closed) for (const consumer of this.#consumers) consumer.startDue();
  }

  #drop(item: QueuedJob): void {
    if (this.#jobs.get(item.job.id) !== item) return;
    this.#jobs.delete(item.job.id);
    this.#due.remove(item);
    this.#bytes -= item.bytes;
  }

  #full(): QueueUnavailable {
    const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
    return new QueueUnavailable(
      `the queue is full: ${this.#jobs.size} of ${this.#limits.jobs} jobs, ${mebibytes(this.#bytes)} of ` +
        `${mebibytes(this.#limits.bytes)} MiB. Find out why late work is not delivered (see the log), ` +
        'or set REDIS_URL for a queue that holds more.',
    );
  }
}

function entryOf({ job, dueAtMs, maybeRemote, inMailbox }: QueuedJob): Entry {
  return inMailbox ? ['job', job, dueAtMs, maybeRemote, true] : ['job', job, dueAtMs, maybeRemote];
}
