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
import { WindowChanges } from './window-changes.js';

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
  readonly #windows = new WindowChanges();
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
    const { key, nowMs, keepMs, guard, sender, opens, closes } = request;
    const here = async (): Promise<ClaimResult> => {
      this.#whereabouts.keep(key, nowMs + keepMs, {
        guard,
        sender: sender === undefined ? undefined : { key: sender, place: 'lane' },
      });
      const result = await this.#local.claim(request);
      if (result.type === 'claimed' && sender !== undefined) {
        if (opens !== undefined) this.#windows.note({ sender, nowMs, opened: opens });
        if (closes) this.#windows.note({ sender, nowMs, change: 'close' });
      }
      return result;
    };
    const result = await this.#at([key], {
      remote: () => this.#remote.claim(request),
      local: here,
      // The claim may have been stored all the same: then the one here comes home to it.
      fallBack: here,
    });
    if (result.type === 'claimed' && sender !== undefined && !this.#whereabouts.recordIsHere(key))
      this.#local.standFor(sender, key, nowMs);
    return result.type === 'known' ? this.#inDoubtAlive(result) : result;
  }

  /** Records that change together are changed where all of them are. With some here and some there, that is nowhere. */
  async swap(request: SwapRequest): Promise<SwapResult> {
    const { key, next, nowMs, keepMs, sender, also = [] } = request;
    let mayBeDone = false;
    const result = await this.#at([key, ...also.map((one) => one.key)], {
      remote: () => {
        if (also.some((one) => this.#whereabouts.recordIsHere(one.key)))
          return this.#alsoLost(this.#remote, key, nowMs);
        mayBeDone = also.length > 0;
        return this.#remote.swap(request);
      },
      local: () => {
        if (mayBeDone) return Promise.reject(new StoreUnavailable('swap: Redis may have done it'));
        if (!also.every((one) => this.#whereabouts.recordIsHere(one.key)))
          return this.#alsoLost(this.#local, key, nowMs);
        // Another process may have answered another try meanwhile: Redis will tell.
        if (next.state === 'taking' && next.unheard === true)
          return Promise.reject(new StoreUnavailable('swap: nobody heard this answer, and Redis is away'));
        this.#whereabouts.keep(key, nowMs + keepMs, { sender });
        for (const one of also) this.#whereabouts.keep(one.key, nowMs + one.keepMs, { sender: one.sender });
        return this.#local.swap({ ...request, durable: true });
      },
      fallBack: (cause) =>
        also.length > 0 || this.#needsAll(request) ? Promise.reject(cause) : this.#swapHere(request),
    });
    if (result.swapped && !this.#whereabouts.recordIsHere(key)) this.#standAsThere(request);
    return result;
  }

  async read(key: string, nowMs: number): Promise<Reading> {
    const seen = await this.#at<Reading>([key], {
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

  /** What is here goes before what is in Redis, unless it came later: it is on its way there. */
  async ahead(sender: string, key: string, nowMs: number): ReturnType<StateStore['ahead']> {
    const here = () => this.#local.ahead(sender, key, nowMs);
    return this.#at([key], {
      remote: async () => {
        const waits = this.#whereabouts.recordsHere.size > 0;
        for (let ahead = waits ? await here() : undefined; ahead !== undefined;) {
          if (this.#whereabouts.recordIsHere(ahead.key)) return ahead;
          ahead = await this.#local.ahead(sender, ahead.key, nowMs);
        }
        return this.#remote.ahead(sender, key, nowMs);
      },
      local: here,
      fallBack: here,
    });
  }

  /** What is spent here is spent in Redis when it is back. */
  window(change: WindowChange): ReturnType<StateStore['window']> {
    return this.#either(
      () => this.#remote.window(change),
      () => {
        if ((change.change ?? change.opened) !== undefined) this.#windows.note(change);
        return this.#local.window(change);
      },
    );
  }

  admit(request: Parameters<StateStore['admit']>[0]): Promise<boolean> {
    return this.#either(
      () => this.#remote.admit(request),
      () => this.#local.admit(request),
    );
  }

  /** @throws StoreUnavailable  there is none here, and Redis is away */
  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    return (await this.#local.deadLetter(id)) ?? this.#there(() => this.#remote.deadLetter(id));
  }

  /** @throws StoreUnavailable  there is none here, and Redis is away */
  async dropDeadLetter(id: string): Promise<boolean> {
    const here = await this.#local.dropDeadLetter(id);
    if (here && this.#breaker.open) return true;
    const there = await this.#there(() => this.#remote.dropDeadLetter(id));
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

  /** Writes every record and letter that is here back to Redis, and what happened to windows. @throws StoreUnavailable  the rest waits for the next return */
  async comeHome(): Promise<void> {
    await this.#windows.comeHome(this.#remote);
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
    await bringLettersHome(this.#local, this.#remote);
  }

  /** What it stands on is closed by `openSpillOver`. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Changes that only count when all processes see them: taking over from a process that looks dead, what a worker
   * does to a record that others can take, and a passive answer, whole or its beginning, whose job others can take.
   */
  #needsAll({ key, next, body }: SwapRequest): boolean {
    if (next.state === 'running' || next.state === 'taking') return true;
    const isAnswer = next.state === 'answered' || (body !== undefined && next.messages !== undefined);
    return isAnswer && this.#whereabouts.jobMayBeThere(key);
  }

  /** Redis failed in the middle of a run: it goes on from here, as if Redis had made the change. */
  async #swapHere(request: SwapRequest): Promise<SwapResult> {
    const { key, rev, next, nowMs, keepMs, sender } = request;
    const expiresAtMs = nowMs + keepMs;
    this.#whereabouts.keep(key, expiresAtMs, { sender });
    // In one go: nobody else may swap between the two.
    const adopted = this.#local.adopt({
      key,
      stored: { rev, record: next },
      expiresAtMs,
      ...(sender !== undefined && { sender: { ...sender, place: 'lane' } }),
    });
    const [result] = await Promise.all([this.#local.swap({ ...request, durable: true }), adopted]);
    return result;
  }

  /** The lanes here know of this process's records in Redis: they keep the order where some of them go on from here. */
  #standAsThere({ key, next, nowMs, sender }: SwapRequest): void {
    if (sender === undefined) return;
    if (sender.place !== 'lane' || next.owner === '') this.#local.leaveFor(sender.key, key);
    else if (next.owner === this.#lastBeat?.owner) this.#local.standFor(sender.key, key, nowMs);
  }

  async #alsoLost(store: StateStore, key: string, nowMs: number): Promise<SwapResult> {
    const seen = await store.read(key, nowMs);
    return { swapped: false, stored: seen?.stored, alsoLost: true };
  }

  /** Just after an outage nobody is taken for dead. */
  #inDoubtAlive<T extends NonNullable<Reading>>(seen: T): T {
    return this.#breaker.settling && seen.stored.record.owner !== '' ? { ...seen, ownerAlive: true } : seen;
  }

  /** @param keys  the record's own, and of those that change with it */
  async #at<T>(
    keys: readonly [string, ...string[]],
    ways: {
      remote: () => Promise<T>;
      local: () => Promise<T>;
      fallBack: (cause: StoreUnavailable) => Promise<T>;
    },
  ): Promise<T> {
    const [key] = keys;
    // A move that fails leaves the record here.
    for (let moving = this.#moveOf(keys); moving !== undefined; moving = this.#moveOf(keys))
      await moving.catch(() => undefined);
    if (this.#whereabouts.recordIsHere(key)) return ways.local();
    if (this.#breaker.open) return ways.fallBack(new StoreUnavailable('Redis is away'));
    let result: T;
    try {
      result = await ways.remote();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#breaker.trip(error);
      return this.#whereabouts.recordIsHere(key) ? this.#at(keys, ways) : ways.fallBack(error);
    }
    // Somebody here gave up on Redis in the meantime, and went on with the record from here.
    return this.#whereabouts.recordIsHere(key) ? this.#at(keys, ways) : result;
  }

  #moveOf(keys: readonly string[]): Promise<void> | undefined {
    if (this.#moving.size === 0) return undefined;
    return keys.map((key) => this.#moving.get(key)).find((move) => move !== undefined);
  }

  async #there<T>(remote: () => Promise<T>): Promise<T> {
    if (this.#breaker.open) throw new StoreUnavailable('Redis is away');
    return this.#tripping(remote());
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
