import type { Clock } from '../../ports/clock.js';
import {
  QueueUnavailable,
  type ConsumeOptions,
  type Consumer,
  type DeferredJob,
  type DeferredQueue,
  type JobProcessor,
  type PutOptions,
  type QueueCounts,
} from '../../ports/deferred-queue.js';
import { withTimeout } from '../../ports/timeout.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import { writeBackJobs } from './write-back.js';
import type { LocalQueue } from './ports.js';
import type { LocalIndex } from './local-index.js';

const NO_JOBS: QueueCounts = { waiting: 0, delayed: 0, inMailbox: 0, active: 0 };

/**
 * Uses BullMQ while Redis answers, else this process's journal. A job may be in both for a while, because an add that
 * timed out may have been stored: the record decides, so one of the two does nothing. Such a job is not run here before
 * it has been put to Redis again under its id.
 */
export class FallbackQueue implements DeferredQueue {
  readonly #remote: DeferredQueue;
  readonly #local: LocalQueue;
  readonly #breaker: CircuitBreaker;
  readonly #clock: Clock;
  readonly #localIndex: LocalIndex;
  readonly #journalTimeoutMs: number;

  constructor(deps: {
    remote: DeferredQueue;
    local: LocalQueue;
    breaker: CircuitBreaker;
    clock: Clock;
    localIndex: LocalIndex;
    journalTimeoutMs: number;
  }) {
    this.#remote = deps.remote;
    this.#local = deps.local;
    this.#breaker = deps.breaker;
    this.#clock = deps.clock;
    this.#localIndex = deps.localIndex;
    this.#journalTimeoutMs = deps.journalTimeoutMs;
  }

  async put(job: DeferredJob, options: PutOptions = {}): Promise<void> {
    // A worker that takes a job from Redis must find its record there.
    if (this.#breaker.open || this.#localIndex.isRecordOfJobLocal(job.id))
      return this.#putLocally(job, options);
    // Marked before the put, because a change of its record may need to know during the put.
    const neverArrived = this.#localIndex.markRemote(job.id);
    try {
      await this.#putRemotely(job, options);
    } catch (error) {
      if (!(error instanceof QueueUnavailable)) throw error;
      this.#breaker.trip(error);
      if (!error.maybeStored) neverArrived();
      await this.#putLocally(job, { ...options, maybeRemote: error.maybeStored });
    }
  }

  async promote(id: string): Promise<void> {
    await this.#local.promote(id);
    await this.#ifRemote(() => this.#remote.promote(id), undefined);
  }

  async remove(id: string): Promise<boolean> {
    const here = await this.#local.remove(id);
    const there = await this.#ifRemote(() => this.#remote.remove(id), false);
    return here || there;
  }

  async size(): Promise<number> {
    return (await this.#local.size()) + (await this.#ifRemote(() => this.#remote.size(), 0));
  }

  async counts(): Promise<QueueCounts> {
    const here = await this.#local.counts();
    const there = await this.#ifRemote(() => this.#remote.counts(), NO_JOBS);
    const oldest = Math.min(here.oldestPushAtMs ?? Infinity, there.oldestPushAtMs ?? Infinity);
    return {
      waiting: here.waiting + there.waiting,
      delayed: here.delayed + there.delayed,
      inMailbox: here.inMailbox + there.inMailbox,
      active: here.active + there.active,
      ...(Number.isFinite(oldest) && { oldestPushAtMs: oldest }),
    };
  }

  /** Processes both queues, so that local jobs run here while Redis is unavailable. */
  consume(work: JobProcessor, options?: ConsumeOptions): Consumer {
    const consumers = [this.#remote.consume(work, options), this.#local.consume(work, options)];
    return {
      async stop(graceMs) {
        await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)));
      },
    };
  }

  /**
   * Moves waiting jobs to Redis, except those whose record is still local because Redis failed again.
   *
   * @throws QueueUnavailable  the rest waits until Redis is available again
   */
  writeBack(): Promise<void> {
    return writeBackJobs(this.#local, this.#remote, (id) => {
      if (this.#breaker.open || this.#localIndex.isRecordOfJobLocal(id)) return false;
      this.#localIndex.markRemote(id);
      return true;
    });
  }

  /** Does nothing: `openFallback` closes both queues. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Gives up on Redis as soon as the breaker opens: a job that may be stored is put again once Redis is back. */
  #putRemotely(job: DeferredJob, options: PutOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#breaker.onOpen(() =>
        reject(new QueueUnavailable('put: Redis went away meanwhile')),
      );
      this.#remote.put(job, options).then(resolve, reject).finally(cancel);
    });
  }

  /**
   * Puts a job locally within a time limit, so that a hanging disk does not cost the answer. After a failure the job is
   * certainly not run.
   */
  async #putLocally(job: DeferredJob, options: PutOptions & { maybeRemote?: boolean }): Promise<void> {
    const limitMs = this.#journalTimeoutMs;
    await withTimeout(this.#clock, this.#local.put(job, options), limitMs, () => {
      void this.#local.remove(job.id);
      return new QueueUnavailable(`neither Redis nor the journal kept the job within ${limitMs} ms`);
    });
  }

  async #ifRemote<T>(operation: () => Promise<T>, otherwise: T): Promise<T> {
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
