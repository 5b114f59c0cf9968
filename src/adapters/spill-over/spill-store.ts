import type { Clock } from '../../ports/clock.js';
import {
  StoreUnavailable,
  type ClaimRequest,
  type ClaimResult,
  type DeadLetter,
  type StateStore,
  type StoredRecord,
  type SwapRequest,
  type SwapResult,
} from '../../ports/state-store.js';
import type { Breaker } from './breaker.js';
import type { LocalStore } from './local-adapters.js';

type Reading = Awaited<ReturnType<StateStore['read']>>;

/**
 * Redis where it answers, this process's journal where it does not.
 *
 * A record is in one place at a time: `here` names those that this process claimed or changed while Redis was away.
 * They stay here until `comeHome` has written them back; who asks for one in between waits for the move.
 */
export class SpillStore implements StateStore {
  readonly #remote: StateStore;
  readonly #local: LocalStore;
  readonly #breaker: Breaker;
  readonly #clock: Clock;
  readonly #here = new Set<string>();
  readonly #moving = new Map<string, Promise<void>>();
  #lastBeat: { owner: string; untilMs: number } | undefined;

  constructor(deps: { remote: StateStore; local: LocalStore; breaker: Breaker; clock: Clock }) {
    this.#remote = deps.remote;
    this.#local = deps.local;
    this.#breaker = deps.breaker;
    this.#clock = deps.clock;
    for (const { key } of deps.local.records()) this.#here.add(key);
  }

  /** How many records wait to be written back. */
  get away(): number {
    return this.#here.size;
  }

  claim(request: ClaimRequest): Promise<ClaimResult> {
    const inJournal = (): Promise<ClaimResult> => {
      this.#here.add(request.key);
      return this.#local.claim(request);
    };
    return this.#at<ClaimResult>(request.key, {
      remote: () => this.#remote.claim(request),
      local: inJournal,
      // The claim may have been stored all the same: then the one here is written over it.
      fallBack: inJournal,
    });
  }

  swap(request: SwapRequest): Promise<SwapResult> {
    return this.#at<SwapResult>(request.key, {
      remote: () => this.#remote.swap(request),
      local: () => this.#local.swap(request),
      fallBack: () => this.#swapHere(request),
    });
  }

  read(key: string, nowMs: number): Promise<Reading> {
    return this.#at<Reading>(key, {
      remote: () => this.#remote.read(key, nowMs),
      local: () => this.#local.read(key, nowMs),
      // Not here does not mean that there is none.
      fallBack: (cause) => Promise.reject(cause),
    });
  }

  async beat(owner: string, untilMs: number): Promise<void> {
    this.#lastBeat = { owner, untilMs };
    await this.#local.beat(owner, untilMs);
    if (this.#breaker.open) throw new StoreUnavailable('beat: Redis is away');
    await this.#tripping(this.#remote.beat(owner, untilMs));
  }

  /** One beat to Redis, whether it is thought to be there or not. */
  async probe(): Promise<void> {
    const { owner, untilMs } = this.#lastBeat ?? { owner: 'probe', untilMs: 0 };
    await this.#remote.beat(owner, untilMs);
  }

  fact(name: string, nowMs: number): Promise<string | undefined> {
    return this.#either(
      () => this.#remote.fact(name, nowMs),
      () => this.#local.fact(name, nowMs),
    );
  }

  changeFact(change: Parameters<StateStore['changeFact']>[0]): Promise<boolean> {
    return this.#either(
      () => this.#remote.changeFact(change),
      () => this.#local.changeFact(change),
    );
  }

  bury(letter: DeadLetter): Promise<void> {
    return this.#either(
      () => this.#remote.bury(letter),
      () => this.#local.bury(letter),
    );
  }

  /** Those of both places. Letters buried while Redis was away stay in this process's journal. */
  async deadLetters(limit: number): Promise<DeadLetter[]> {
    const here = await this.#local.deadLetters(limit);
    const there = await this.#either(
      () => this.#remote.deadLetters(limit),
      () => Promise.resolve([]),
    );
    const byId = new Map([...here, ...there].map((letter) => [letter.id, letter]));
    return [...byId.values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit);
  }

  /** Writes every record that is here back to Redis. Stops at the first failure: the rest waits for the next return. */
  async comeHome(): Promise<void> {
    const ends = new Map<string, number>();
    for (const { key, expiresAtMs } of this.#local.records()) ends.set(key, expiresAtMs);
    for (const key of [...this.#here]) {
      const nowMs = this.#clock.now();
      const moving = this.#move(key, nowMs, (ends.get(key) ?? nowMs + OVER_KEPT_MS) - nowMs).finally(() =>
        this.#moving.delete(key),
      );
      this.#moving.set(key, moving);
      await moving;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * The higher fence wins: somebody took the push over while Redis was away from us only. Under the same fence ours
   * is the later word, as nobody else may change a record in our hands except to adopt it.
   */
  async #move(key: string, nowMs: number, keepMs: number): Promise<void> {
    const here = await this.#local.read(key, nowMs);
    for (let moved = here === undefined; !moved && here !== undefined;) {
      const { record } = here.stored;
      const there = await this.#thereOrNew(key, record.owner, nowMs, keepMs);
      if (there.record.fence > record.fence) break;
      const result = await this.#remote.swap({
        key,
        rev: there.rev,
        next: record,
        nowMs,
        keepMs,
        durable: true,
        ...(here.body !== undefined && { body: { xml: here.body, keepMs: BODY_KEPT_MS } }),
      });
      moved = result.swapped;
    }
    this.#here.delete(key);
    this.#local.forget(key);
  }

  async #thereOrNew(key: string, owner: string, nowMs: number, keepMs: number): Promise<StoredRecord> {
    const seen = await this.#remote.read(key, nowMs);
    if (seen !== undefined) return seen.stored;
    const claimed = await this.#remote.claim({ key, owner, nowMs, keepMs });
    if (claimed.type === 'replayed') throw new StoreUnavailable('a claim without a guard cannot be a replay');
    return claimed.stored;
  }

  /** Redis failed in the middle of a change: it goes on from here, as if Redis had it. */
  async #swapHere(request: SwapRequest): Promise<SwapResult> {
    const { key, rev, next, nowMs, keepMs } = request;
    if (next === undefined) {
      this.#local.forget(key);
      this.#here.delete(key);
      return { swapped: true, stored: undefined };
    }
    this.#here.add(key);
    await this.#local.adopt({ key, stored: { rev, record: next }, expiresAtMs: nowMs + keepMs });
    return this.#local.swap(request);
  }

  async #at<T>(
    key: string,
    ways: {
      remote: () => Promise<T>;
      local: () => Promise<T>;
      fallBack: (cause: StoreUnavailable) => Promise<T>;
    },
  ): Promise<T> {
    if (this.#here.size > 0) {
      // A move that fails leaves the record here.
      await this.#moving.get(key)?.catch(() => undefined);
      if (this.#here.has(key)) return ways.local();
    }
    if (this.#breaker.open) return ways.fallBack(new StoreUnavailable('Redis is away'));
    try {
      return await ways.remote();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#breaker.trip(error);
      return ways.fallBack(error);
    }
  }

  async #either<T>(remote: () => Promise<T>, local: () => Promise<T>): Promise<T> {
    if (this.#breaker.open) return local();
    try {
      return await this.#tripping(remote());
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return local();
    }
  }

  async #tripping<T>(operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#breaker.trip(error);
      throw error;
    }
  }
}

/** What is left of a remembered reply's minute is not known here; a little longer does no harm. */
const BODY_KEPT_MS = 60_000;
/** For records whose work is over. */
const OVER_KEPT_MS = 24 * 3_600_000;
