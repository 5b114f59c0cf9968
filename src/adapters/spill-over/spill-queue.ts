import type { Clock } from '../../ports/clock.js';
import {
  QueueUnavailable,
  type Consumer,
  type DeferredJob,
  type DeferredQueue,
  type JobWork,
} from '../../ports/deferred-queue.js';
import type { Breaker } from './breaker.js';
import type { LocalQueue } from './local-adapters.js';

/** The journal's share of the time before the deadline. */
const JOURNAL_LIMIT_MS = 300;

/**
 * BullMQ where Redis answers, this process's journal where it does not. A job may stand in both for a while (an add
 * that timed out may have been stored): the record decides, so one of the two does nothing. One that is doubtful is
 * not run here before it has been put to Redis again under its id.
 */
export class SpillQueue implements DeferredQueue {
  readonly #remote: DeferredQueue;
  readonly #local: LocalQueue;
  readonly #breaker: Breaker;
  readonly #clock: Clock;

  constructor(deps: { remote: DeferredQueue; local: LocalQueue; breaker: Breaker; clock: Clock }) {
    this.#remote = deps.remote;
    this.#local = deps.local;
    this.#breaker = deps.breaker;
    this.#clock = deps.clock;
  }

  async put(job: DeferredJob, options: { notBeforeMs?: number } = {}): Promise<void> {
    if (this.#breaker.open) return this.#spill(job, options);
    try {
      return await this.#remote.put(job, options);
    } catch (error) {
      if (!(error instanceof QueueUnavailable)) throw error;
      this.#breaker.trip(error);
      return this.#spill(job, { ...options, doubtful: error.maybeKept });
    }
  }

  async hurry(id: string): Promise<void> {
    await this.#local.hurry(id);
    await this.#quietly(() => this.#remote.hurry(id), undefined);
  }

  async remove(id: string): Promise<boolean> {
    const here = await this.#local.remove(id);
    const there = await this.#quietly(() => this.#remote.remove(id), false);
    return here || there;
  }

  async size(): Promise<number> {
    return (await this.#local.size()) + (await this.#quietly(() => this.#remote.size(), 0));
  }

  /** Works on both. What is spilled is run here, too, for as long as Redis is away. */
  consume(work: JobWork, options?: { concurrency?: number }): Consumer {
    const consumers = [this.#remote.consume(work, options), this.#local.consume(work, options)];
    return {
      async stop(graceMs) {
        await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)));
      },
    };
  }

  /** Moves what waits here to Redis, oldest first. Stops at the first failure: the rest waits for the next return. */
  async comeHome(): Promise<void> {
    for (const { job, notBeforeMs } of [...this.#local.waiting()]) {
      await this.#remote.put(job, { notBeforeMs });
      await this.#local.remove(job.id);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A disk that hangs must not cost the answer. */
  async #spill(job: DeferredJob, options: { notBeforeMs?: number; doubtful?: boolean }): Promise<void> {
    let cancel = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.#clock.schedule(JOURNAL_LIMIT_MS, () =>
        reject(
          new QueueUnavailable(`neither Redis nor the journal kept the job within ${JOURNAL_LIMIT_MS} ms`),
        ),
      );
    });
    try {
      await Promise.race([this.#local.put(job, options), late]);
    } finally {
      cancel();
    }
  }

  async #quietly<T>(operation: () => Promise<T>, otherwise: T): Promise<T> {
    if (this.#breaker.open) return otherwise;
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof QueueUnavailable)) throw error;
      this.#breaker.trip(error);
      return otherwise;
    }
  }
}
