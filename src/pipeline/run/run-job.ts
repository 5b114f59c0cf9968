import type { DeferredJob, DeferredQueue, PutOptions } from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';

const NOTHING_WRITTEN: Promise<boolean> = Promise.resolve(false);

/** Writes, promotes and removes the job of a run. The queue stores each job id once. */
export class RunJob {
  readonly #queue: DeferredQueue;
  readonly #log: Logger;
  readonly #id: string;
  #writing = NOTHING_WRITTEN;
  #last: { readonly job: DeferredJob; readonly options: PutOptions } | undefined;

  constructor(queue: DeferredQueue, log: Logger, id: string) {
    this.#queue = queue;
    this.#log = log;
    this.#id = id;
  }

  /** True once the job would survive a crash. */
  write(job: DeferredJob, options: PutOptions = {}): Promise<boolean> {
    this.#last = { job, options };
    this.#writing = this.#put(job, options);
    return this.#writing;
  }

  /** Writes the job again: the store lost the record, so the queue may have lost the job, too. */
  async restore(): Promise<void> {
    if (this.#last !== undefined) await this.write(this.#last.job, this.#last.options);
  }

  /** Makes the job due now. If that fails, it runs when its delay ends. */
  async promote(): Promise<void> {
    if (await this.#writing) await this.#queue.promote(this.#id).catch(() => undefined);
  }

  /** Removes a job without work. If that fails, a worker finds nothing to do. */
  async drop(): Promise<void> {
    if (await this.#writing) await this.#queue.remove(this.#id).catch(() => false);
  }

  async #put(job: DeferredJob, options: PutOptions): Promise<boolean> {
    try {
      await this.#queue.put(job, options);
      return true;
    } catch (error) {
      this.#log.error({ err: error, pushId: job.pushId }, 'job write failed: nothing can be promised yet');
      return false;
    }
  }
}
