import type { DeferredJob, DeferredQueue, PutOptions } from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';

/** The one job of a push, from the side of its run. The queue keeps it once under its id. */
export class RunJob {
  readonly #queue: DeferredQueue;
  readonly #log: Logger;
  readonly #id: string;
  #writing: Promise<boolean> = Promise.resolve(false);
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

  /** The store had lost the record, so the queue may have lost the job, too. */
  async restore(): Promise<void> {
    if (this.#last !== undefined) await this.write(this.#last.job, this.#last.options);
  }

  /** Makes it due now. Where that fails, its own time comes. */
  async promote(): Promise<void> {
    if (await this.#writing) await this.#queue.promote(this.#id).catch(() => undefined);
  }

  /** The record says that there is nothing to do. A job that stays behind finds that out. */
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
