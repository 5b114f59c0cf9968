import type { DeferredJob, DeferredQueue } from '../ports/deferred-queue.js';
import type { Logger } from '../ports/logger.js';

/**
 * The one job of a push, from this process's side. Written ahead of the deadline it is a lease: it waits until the
 * owner of the run must be dead, unless it is hurried or dropped before.
 */
export class WrittenJob {
  readonly #queue: DeferredQueue;
  readonly #log: Logger;
  readonly #id: string;
  /** `none` again after a failure, so that the next try writes anew. */
  #state: 'none' | 'writing' | 'safe' = 'none';
  #writing: Promise<boolean> = Promise.resolve(false);
  #last: { readonly job: DeferredJob; readonly notBeforeMs: number | undefined } | undefined;

  constructor(queue: DeferredQueue, log: Logger, id: string) {
    this.#queue = queue;
    this.#log = log;
    this.#id = id;
  }

  /** It would survive a crash. */
  get isSafe(): boolean {
    return this.#state === 'safe';
  }

  /** Resolves once it is known whether the job is safe. One that stands, or is being written, is not written again. */
  write(make: () => DeferredJob, notBeforeMs?: number): Promise<boolean> {
    if (this.#state === 'none') {
      this.#state = 'writing';
      this.#writing = this.#put(make(), notBeforeMs);
    }
    return this.#writing;
  }

  /** The store had lost the record, so the queue may have lost the job, which is kept once anyway. */
  async writeAgain(): Promise<void> {
    if (this.#last === undefined) return;
    this.#writing = this.#put(this.#last.job, this.#last.notBeforeMs);
    await this.#writing;
  }

  /** What became of the writing, if there was one. */
  settled(): Promise<boolean> {
    return this.#writing;
  }

  hurry(): Promise<void> {
    return this.#queue.hurry(this.#id);
  }

  /** The record says that there is nothing to do; a job that stays behind only finds that out. */
  async drop(): Promise<void> {
    if (await this.#writing) await this.#queue.remove(this.#id).catch(() => false);
  }

  async #put(job: DeferredJob, notBeforeMs: number | undefined): Promise<boolean> {
    this.#last = { job, notBeforeMs };
    try {
      await this.#queue.put(job, notBeforeMs === undefined ? {} : { notBeforeMs });
      this.#state = 'safe';
    } catch (error) {
      this.#state = 'none';
      this.#log.error({ err: error, pushId: job.pushId }, 'a job could not be kept');
    }
    return this.isSafe;
  }
}
