import type { Clock } from '../../ports/clock.js';
import {
  StoreUnavailable,
  type ClaimRequest,
  type ClaimResult,
  type DeadLetter,
  type StateStore,
  type SwapRequest,
  type SwapResult,
  type WindowChange,
} from '../../ports/state-store.js';
import type { Breaker } from './breaker.js';
import { bringLettersHome, bringRecordHome, TOGETHER } from './homecoming.js';
import type { LocalStore } from './local-adapters.js';
import type { Whereabouts } from './whereabouts.js';

type Reading = Awaited<ReturnType<StateStore['read']>>;

/**
 * Redis where it answers, this process's journal where it does not.
 *
 * A record is in one place at a time: the journal has those that this process claimed or changed while Redis was
 * away. They stay until `comeHome` has written them back; who asks for one in between waits for its move. Changes
 * here are always durable: after a crash the job is done from here only if its record is here, too.
 */
export class SpillStore implements StateStore {
  readonly #remote: StateStore;
  readonly #local: LocalStore;
  readonly #breaker: Breaker;
  readonly #clock: Clock;
  readonly #whereabouts: Whereabouts;
  readonly #moving = new Map<string, Promise<void>>();
  #lastBeat: { owner: string; untilMs: number } | undefined;

  constructor(deps: {
    remote: StateStore;
    local: LocalStore;
    breaker: Breaker;
    clock: Clock;
    whereabouts: Whereabouts;
  }) {
    this.#remote = deps.remote;
    this.#local = deps.local;
    this.#breaker = deps.breaker;
    this.#clock = deps.clock;
    this.#whereabouts = deps.whereabouts;
    for (const { key, expiresAtMs } of deps.local.records()) this.#whereabouts.keep(key, expiresAtMs);
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { key, nowMs, keepMs, guard } = request;
    const here = (): Promise<ClaimResult> => {
      this.#whereabouts.keep(key, nowMs + keepMs, guard);
      return this.#local.claim(request);
    };
    const result = await this.#at(key, {
      remote: () => this.#remote.claim(request),
      local: here,
      // The claim may have been stored all the same: then the one here comes home to it.
      fallBack: here,
    });
    return result.type === 'known' ? this.#inDoubtAlive(result) : result;
  }

  swap(request: SwapRequest): Promise<SwapResult> {
    const { key, next, nowMs, keepMs } = request;
    return this.#at(key, {
      remote: () => this.#remote.swap(request),
      local: () => {
        this.#whereabouts.keep(key, nowMs + keepMs);
        return this.#local.swap({ ...request, durable: true });
      },
      fallBack: (cause) =>
        this.#needsAll(key, next?.state) ? Promise.reject(cause) : this.#swapHere(request),
    });
  }

  async read(key: string, nowMs: number): Promise<Reading> {
    const seen = await this.#at<Reading>(key, {
      remote: () => this.#remote.read(key, nowMs),
      local: () => this.#local.read(key, nowMs),
      // Not here does not mean that there is none.
      fallBack: (cause) => Promise.reject(cause),
    });
    return seen && this.#inDoubtAlive(seen);
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

  ahead(sender: string, key: string, nowMs: number): ReturnType<StateStore['ahead']> {
    return this.#either(
      () => this.#remote.ahead(sender, key, nowMs),
      () => this.#local.ahead(sender, key, nowMs),
    );
  }

  window(change: WindowChange): ReturnType<StateStore['window']> {
    return this.#either(
      () => this.#remote.window(change),
      () => this.#local.window(change),
    );
  }

  admit(request: Parameters<StateStore['admit']>[0]): Promise<boolean> {
    return this.#either(
      () => this.#remote.admit(request),
      () => this.#local.admit(request),
    );
  }

  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    return (await this.#local.deadLetter(id)) ?? this.#tripping(this.#remote.deadLetter(id));
  }

  /** @throws StoreUnavailable  there is none here, and Redis is away */
  async dropDeadLetter(id: string): Promise<boolean> {
    const here = await this.#local.dropDeadLetter(id);
    if (here && this.#breaker.open) return true;
    const there = await this.#tripping(this.#remote.dropDeadLetter(id));
    return here || there;
  }

  bury(letter: DeadLetter): Promise<void> {
    return this.#either(
      () => this.#remote.bury(letter),
      () => this.#local.bury(letter),
    );
  }

  /** Those of both places: what was buried while Redis was away may not have gone home yet. */
  async deadLetters(limit: number): Promise<DeadLetter[]> {
    const here = await this.#local.deadLetters(limit);
    const there = await this.#either(
      () => this.#remote.deadLetters(limit),
      () => Promise.resolve([]),
    );
    const byId = new Map([...here, ...there].map((letter) => [letter.id, letter]));
    return [...byId.values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit);
  }

  /** Writes every record and letter that is here back to Redis. @throws StoreUnavailable  the rest waits for the next return */
  async comeHome(): Promise<void> {
    const stays = [...this.#whereabouts.recordsHere];
    for (let at = 0; at < stays.length; at += TOGETHER) {
      await Promise.all(
        stays.slice(at, at + TOGETHER).map(([key, stay]) => {
          const moving = bringRecordHome(
            { local: this.#local, remote: this.#remote, clock: this.#clock },
            key,
            stay,
            this.#lastBeat?.owner,
          )
            .then(() => this.#whereabouts.recordIsGone(key))
            .finally(() => this.#moving.delete(key));
          this.#moving.set(key, moving);
          return moving;
        }),
      );
    }
    await bringLettersHome(this.#local, this.#remote, this.#clock.now());
  }

  /** What it stands on is closed by `openSpillOver`. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Changes that only count when all processes see them: taking over from a process that looks dead, what a worker
   * does to a record that others can take, and a passive answer whose job others can take.
   */
  #needsAll(key: string, state: string | undefined): boolean {
    return (
      state === 'running' ||
      state === 'taking' ||
      (state === 'answered' && this.#whereabouts.jobMayBeThere(key))
    );
  }

  /** Redis failed in the middle of a run: it goes on from here, as if Redis had made the change. */
  async #swapHere(request: SwapRequest): Promise<SwapResult> {
    const { key, rev, next, nowMs, keepMs } = request;
    if (next === undefined) {
      this.#local.forget(key);
      return { swapped: true, stored: undefined };
    }
    this.#whereabouts.keep(key, nowMs + keepMs);
    // In one go: nobody else may swap between the two.
    const adopted = this.#local.adopt({ key, stored: { rev, record: next }, expiresAtMs: nowMs + keepMs });
    const [result] = await Promise.all([this.#local.swap({ ...request, durable: true }), adopted]);
    return result;
  }

  /** Just after an outage nobody is taken for dead. */
  #inDoubtAlive<T extends NonNullable<Reading>>(seen: T): T {
    return this.#breaker.settling && seen.stored.record.owner !== '' ? { ...seen, ownerAlive: true } : seen;
  }

  async #at<T>(
    key: string,
    ways: {
      remote: () => Promise<T>;
      local: () => Promise<T>;
      fallBack: (cause: StoreUnavailable) => Promise<T>;
    },
  ): Promise<T> {
    // A move that fails leaves the record here.
    if (this.#moving.size > 0) await this.#moving.get(key)?.catch(() => undefined);
    if (this.#whereabouts.recordIsHere(key)) return ways.local();
    if (this.#breaker.open) return ways.fallBack(new StoreUnavailable('Redis is away'));
    let result: T;
    try {
      result = await ways.remote();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#breaker.trip(error);
      return this.#whereabouts.recordIsHere(key) ? this.#at(key, ways) : ways.fallBack(error);
    }
    // Somebody here gave up on Redis in the meantime, and went on with the record from here.
    return this.#whereabouts.recordIsHere(key) ? this.#at(key, ways) : result;
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
