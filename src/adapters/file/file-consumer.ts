import type { Clock } from '../../ports/clock.js';
import type { Consumer, JobResult, JobProcessor } from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';
import { settlesWithin } from '../../ports/timeout.js';
import type { DueHeap } from './due-heap.js';
import type { QueuedJob } from './queued-job.js';

const REJECTED: JobResult = { type: 'retry', afterMs: 1000 };
/** Timers overflow at 24 days, and the system clock may change; an early check is harmless. */
const MAX_TIMER_MS = 3_600_000;

type Waits = Pick<Extract<JobResult, { type: 'retry' }>, 'inMailbox' | 'isOverdue'>;

export interface ConsumerParts {
  readonly work: JobProcessor;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly due: DueHeap<QueuedJob>;
  readonly finish: (item: QueuedJob) => void;
  /** Lets a job wait until `dueAtMs`. */
  readonly requeue: (item: QueuedJob, dueAtMs: number, waits?: Waits) => void;
  readonly stopped: () => void;
}

/** Takes due jobs from the heap, earliest first, and processes up to `concurrency` at once. */
export class FileConsumer implements Consumer {
  readonly #parts: ConsumerParts;
  readonly #abort = new AbortController();
  readonly #running = new Map<QueuedJob, Promise<void>>();
  /** The timer for the first job that is not due yet. */
  #timer: { readonly atMs: number; cancel(): void } | undefined;
  #stopping = false;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  /** Starts due jobs up to the limit, and sets the timer for the next one. */
  startDue(): void {
    const { due, clock, concurrency } = this.#parts;
    while (!this.#stopping && this.#running.size < concurrency) {
      const item = due.first;
      if (item === undefined) return this.#setTimer(undefined);
      if (item.dueAtMs > clock.now()) return this.#setTimer(item.dueAtMs);
      due.remove(item);
      item.worker = this;
      this.#running.set(item, this.#run(item));
    }
    this.#setTimer(undefined);
  }

  /**
   * Waits for running jobs. After the grace the signal aborts, running jobs return to the queue, and their results are
   * ignored.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#setTimer(undefined);
    if (this.#running.size > 0 && graceMs > 0)
      await settlesWithin(this.#parts.clock, Promise.all(this.#running.values()), graceMs);
    this.#parts.stopped();
    this.#abort.abort();
    for (const item of this.#running.keys()) {
      item.worker = undefined;
      this.#parts.requeue(item, this.#parts.clock.now());
    }
    this.#running.clear();
  }

  async #run(item: QueuedJob): Promise<void> {
    const { clock, finish, requeue } = this.#parts;
    // Lets the caller that put the job run first, because it may change the record.
    await new Promise<void>((resume) => void setImmediate(resume));
    const verdict = await this.#process(item);
    if (!this.#running.delete(item)) return; // stopped meanwhile, and returned to the queue
    item.worker = undefined;
    if (verdict.type === 'done') finish(item);
    // At least a millisecond, so that a job that retries at once cannot block everything else.
    else requeue(item, clock.now() + Math.max(1, verdict.afterMs), verdict);
    this.startDue();
  }

  async #process(item: QueuedJob): Promise<JobResult> {
    const { work, log } = this.#parts;
    try {
      return await work(item.job, this.#abort.signal);
    } catch (error) {
      log.error({ job: item.job.id, handler: item.job.handler, err: error }, 'job failed: retry in a second');
      return REJECTED;
    }
  }

  #setTimer(atMs: number | undefined): void {
    if (this.#timer?.atMs === atMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (atMs === undefined) return;
    const { clock } = this.#parts;
    const cancel = clock.schedule(
      Math.min(atMs - clock.now(), MAX_TIMER_MS),
      () => {
        this.#timer = undefined;
        this.startDue();
      },
      { background: true },
    );
    this.#timer = { atMs, cancel };
  }
}
