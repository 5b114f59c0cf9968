import type { Clock } from '../../ports/clock.js';
import type { Consumer, JobResult, JobProcessor } from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';
import { settlesWithin } from '../../ports/timeout.js';
import type { DueHeap } from './due-heap.js';
import type { QueuedJob } from './queued-job.js';

const REJECTED: JobResult = { type: 'retry', afterMs: 1000 };
/** Timers overflow at 24 days, and the machine's clock may be set; looking too early does no harm. */
const MAX_TIMER_MS = 3_600_000;

export interface ConsumerParts {
  readonly work: JobProcessor;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly due: DueHeap<QueuedJob>;
  readonly finish: (item: QueuedJob) => void;
  /** It waits again, until then. */
  readonly requeue: (item: QueuedJob, dueAtMs: number, inMailbox: boolean) => void;
  readonly stopped: () => void;
}

/** Takes due jobs out of the heap, earliest first, and works on so many at once. */
export class FileConsumer implements Consumer {
  readonly #parts: ConsumerParts;
  readonly #abort = new AbortController();
  readonly #running = new Map<QueuedJob, Promise<void>>();
  /** The alarm for the first job that is not due yet. */
  #timer: { readonly atMs: number; cancel(): void } | undefined;
  #stopping = false;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
  }

  /** Starts what is due, as far as hands are free, and sets the alarm for what is not. */
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

  /** When the grace is over, the signal fires and what still runs goes back; its verdict is not heard any more. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#setTimer(undefined);
    if (this.#running.size > 0 && graceMs > 0)
      await settlesWithin(this.#parts.clock, Promise.all(this.#running.values()), graceMs);
    this.#parts.stopped();
    this.#abort.abort();
    for (const item of this.#running.keys()) {
      item.worker = undefined;
      this.#parts.requeue(item, this.#parts.clock.now(), false);
    }
    this.#running.clear();
  }

  async #run(item: QueuedJob): Promise<void> {
    const { clock, finish, requeue } = this.#parts;
    // Whoever put the job goes first, with what it changes next.
    await new Promise<void>((resume) => void setImmediate(resume));
    const verdict = await this.#process(item);
    if (!this.#running.delete(item)) return; // stopped meanwhile, and given back
    item.worker = undefined;
    if (verdict.type === 'done') finish(item);
    // At least a millisecond: "again, at once" over and over must not keep everything else from running.
    else requeue(item, clock.now() + Math.max(1, verdict.afterMs), verdict.inMailbox === true);
    this.startDue();
  }

  async #process(item: QueuedJob): Promise<JobResult> {
    const { work, log } = this.#parts;
    try {
      return await work(item.job, this.#abort.signal);
    } catch (error) {
      log.error(
        { job: item.job.id, handler: item.job.handler, err: error },
        'a job failed: again in a second',
      );
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
