import type { RemoteAdapters } from '../../../src/adapters/fallback/fallback.js';
import { QueueUnavailable, type DeferredJob, type DeferredQueue } from '../../../src/ports/deferred-queue.js';
import { StoreUnavailable, type StateStore } from '../../../src/ports/state-store.js';
import { MemoryStateStore } from './memory-state-store.js';

/**
 * `up`    does what it is asked
 * `away`  does nothing, fails, and it is certain that nothing was done
 * `mute`  does what it is asked and fails: the answer was lost
 * `deaf`  does nothing and fails, and nobody can tell
 */
export type Mood = 'up' | 'away' | 'mute' | 'deaf';

/** Store and queue of a Redis that several processes share, and that fails as the test wants it. */
export class FlakyRemote implements RemoteAdapters {
  mood: Mood = 'up';
  /** While set, each change waits for it before it answers, after it has taken effect. */
  holdAnswers: Promise<void> | undefined;
  readonly kept = new MemoryStateStore();
  readonly jobs = new Map<string, { job: DeferredJob; notBeforeMs: number | undefined }>();
  /** Calls in order: `claim <key>`, `swap <key>`, `put <id>`. */
  readonly done: string[] = [];
  /** Number of calls. */
  asked = 0;
  readonly store: StateStore;
  readonly queue: DeferredQueue;

  constructor() {
    const { kept, jobs } = this;
    const broken = (): Error => new StoreUnavailable('as the test wants it');
    const missed = (): Error =>
      new QueueUnavailable('as the test wants it', { maybeStored: this.mood !== 'away' });
    this.store = {
      claim: (request) => this.#do(`claim ${request.key}`, () => kept.claim(request), broken),
      swap: (request) => this.#do(`swap ${request.key}`, () => kept.swap(request), broken),
      read: (key, nowMs) => this.#do(undefined, () => kept.read(key, nowMs), broken),
      predecessor: (sender, key, nowMs) =>
        this.#do(undefined, () => kept.predecessor(sender, key, nowMs), broken),
      sendQuota: (change) => this.#do(`window ${change.sender}`, () => kept.sendQuota(change), broken),
      tryAcquireRate: (request) => this.#do(undefined, () => kept.tryAcquireRate(request), broken),
      heartbeat: (owner, untilMs) => this.#do(undefined, () => kept.heartbeat(owner, untilMs), broken),
      get: (name, nowMs) => this.#do(undefined, () => kept.get(name, nowMs), broken),
      compareAndSet: (change) => this.#do(undefined, () => kept.compareAndSet(change), broken),
      putDeadLetter: (letter) =>
        this.#do(`put dead letter ${letter.id}`, () => kept.putDeadLetter(letter), broken),
      deadLetters: (limit) => this.#do(undefined, () => kept.deadLetters(limit), broken),
      countDeadLetters: () => this.#do(undefined, () => kept.countDeadLetters(), broken),
      deadLetter: (id) => this.#do(undefined, () => kept.deadLetter(id), broken),
      deleteDeadLetter: (id) => this.#do(undefined, () => kept.deleteDeadLetter(id), broken),
      close: () => Promise.resolve(),
    };
    this.queue = {
      put: (job, options) =>
        this.#do(
          `put ${job.id}`,
          () => {
            if (!jobs.has(job.id)) jobs.set(job.id, { job, notBeforeMs: options?.notBeforeMs });
          },
          missed,
        ),
      promote: () => this.#do(undefined, () => undefined, missed),
      remove: (id) => this.#do(undefined, () => jobs.delete(id), missed),
      size: () => this.#do(undefined, () => jobs.size, missed),
      counts: () =>
        this.#do(undefined, () => ({ waiting: jobs.size, delayed: 0, inMailbox: 0, active: 0 }), missed),
      consume: () => ({ stop: () => Promise.resolve() }),
      close: () => Promise.resolve(),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #do<T>(name: string | undefined, effect: () => T | Promise<T>, failure: () => Error): Promise<T> {
    this.asked += 1;
    const { mood, holdAnswers } = this;
    // A step takes a moment, in which others act.
    await Promise.resolve();
    if (mood === 'away' || mood === 'deaf') throw failure();
    const result = await effect();
    if (name !== undefined) this.done.push(name);
    if (name !== undefined) await holdAnswers;
    if (mood === 'mute') throw failure();
    return result;
  }
}
