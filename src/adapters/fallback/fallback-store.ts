import type { Clock } from '../../ports/clock.js';
import {
  StoreUnavailable,
  type ClaimRequest,
  type ClaimResult,
  type DeadLetter,
  type LinkedSwap,
  type StateStore,
  type SwapRequest,
  type SwapResult,
  type QuotaChange,
} from '../../ports/state-store.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import { writeBackDeadLetters, writeBackRecord, BATCH_SIZE } from './write-back.js';
import type { LocalStore } from './ports.js';
import type { LocalIndex } from './local-index.js';
import { PendingQuotaChanges } from './pending-quota-changes.js';

const NONE: readonly LinkedSwap[] = [];
type Reading = Awaited<ReturnType<StateStore['read']>>;

/**
 * Uses Redis while it answers, else this process's journal.
 *
 * A record is in one of the two at a time: the journal has those that this process claimed or changed while Redis was
 * unavailable. They stay until `writeBack`; a call for one in between waits for its move. Local changes are always
 * durable: after a crash a local job runs only if its record is local, too.
 */
export class FallbackStore implements StateStore {
  readonly #remote: StateStore;
  readonly #local: LocalStore;
  readonly #breaker: CircuitBreaker;
  readonly #clock: Clock;
  readonly #localIndex: LocalIndex;
  readonly #quotaChanges = new PendingQuotaChanges();
  readonly #moving = new Map<string, Promise<void>>();
  /** Letters that are in Redis and were still here when it took them. */
  readonly #lettersInBoth = new Set<string>();
  #lastHeartbeat: { owner: string; untilMs: number } | undefined;

  constructor(deps: {
    remote: StateStore;
    local: LocalStore;
    breaker: CircuitBreaker;
    clock: Clock;
    localIndex: LocalIndex;
  }) {
    this.#remote = deps.remote;
    this.#local = deps.local;
    this.#breaker = deps.breaker;
    this.#clock = deps.clock;
    this.#localIndex = deps.localIndex;
    for (const { key, expiresAtMs } of deps.local.records()) this.#localIndex.add(key, expiresAtMs);
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { key, nowMs, ttlMs, replayGuard: guard, sender, grantsQuota, revokesQuota } = request;
    const here = async (): Promise<ClaimResult> => {
      this.#localIndex.add(key, nowMs + ttlMs, {
        guard,
        sender: sender === undefined ? undefined : { key: sender, place: 'lane' },
      });
      const result = await this.#local.claim(request);
      if (result.type === 'claimed' && sender !== undefined) {
        if (grantsQuota !== undefined) this.#quotaChanges.add({ sender, nowMs, granted: grantsQuota });
        if (revokesQuota) this.#quotaChanges.add({ sender, nowMs, change: 'close' });
      }
      return result;
    };
    const result = await this.#route(key, NONE, {
      remote: () => this.#remote.claim(request),
      local: here,
      // Redis may have stored the claim nevertheless; the local one is then written back to it.
      fallBack: here,
    });
    if (result.type === 'claimed' && sender !== undefined && !this.#localIndex.isRecordLocal(key))
      this.#local.mirrorLaneEntry(sender, key, nowMs);
    return result.type === 'known' ? this.#assumeAliveWhileRecovering(result) : result;
  }

  /** Linked records change in the store that has all of them. If they are in different stores, the swap fails. */
  async swap(request: SwapRequest): Promise<SwapResult> {
    const { key, next, nowMs, ttlMs, sender, linked = NONE } = request;
    // Another process may have given it to another attempt. Redis knows once all processes had time to write back.
    const takesUnheard = next.state === 'taking' && next.unheard === true;
    if (
      takesUnheard &&
      (this.#breaker.open || this.#breaker.isRecovering || this.#localIndex.isRecordLocal(key))
    )
      throw new StoreUnavailable('swap: nobody heard this answer, and others may have given another one');
    let mayBeDone = false;
    const result = await this.#route(key, linked, {
      remote: () => {
        if (linked.some((one) => this.#localIndex.isRecordLocal(one.key)))
          return this.#linkedConflict(this.#remote, key, nowMs);
        mayBeDone = linked.length > 0;
        return this.#remote.swap(request);
      },
      local: () => {
        if (mayBeDone) return Promise.reject(new StoreUnavailable('swap: Redis may have done it'));
        if (!linked.every((one) => this.#localIndex.isRecordLocal(one.key)))
          return this.#linkedConflict(this.#local, key, nowMs);
        this.#localIndex.add(key, nowMs + ttlMs, { sender });
        for (const swap of linked)
          this.#localIndex.add(swap.key, nowMs + swap.ttlMs, { sender: swap.sender });
        return this.#local.swap({ ...request, durable: true });
      },
      fallBack: (cause) =>
        linked.length > 0 || this.#requiresRemote(request)
          ? Promise.reject(cause)
          : this.#swapLocally(request),
    });
    if (result.swapped && !this.#localIndex.isRecordLocal(key)) this.#mirrorLane(request);
    return result;
  }

  async read(key: string, nowMs: number): Promise<Reading> {
    const seen = await this.#route<Reading>(key, NONE, {
      remote: () => this.#remote.read(key, nowMs),
      local: () => this.#local.read(key, nowMs),
      // The absence of a local record does not mean that there is none.
      fallBack: (cause) => Promise.reject(cause),
    });
    return seen && this.#assumeAliveWhileRecovering(seen);
  }

  async heartbeat(owner: string, untilMs: number): Promise<void> {
    this.#lastHeartbeat = { owner, untilMs };
    await this.#local.heartbeat(owner, untilMs);
    if (this.#breaker.open) throw new StoreUnavailable('beat: Redis is away');
    await this.#guarded(this.#remote.heartbeat(owner, untilMs));
  }

  /** Sends a heartbeat to Redis, whatever the state of the breaker. */
  async probe(): Promise<void> {
    const { owner, untilMs } = this.#lastHeartbeat ?? { owner: 'probe', untilMs: 0 };
    await this.#remote.heartbeat(owner, untilMs);
  }

  get(name: string, nowMs: number): Promise<string | undefined> {
    return this.#remoteElseLocal(
      () => this.#remote.get(name, nowMs),
      () => this.#local.get(name, nowMs),
    );
  }

  compareAndSet(change: Parameters<StateStore['compareAndSet']>[0]): Promise<boolean> {
    return this.#remoteElseLocal(
      () => this.#remote.compareAndSet(change),
      () => this.#local.compareAndSet(change),
    );
  }

  /** A record in the journal precedes those in Redis, unless it arrived later, because it will be written back. */
  async predecessor(sender: string, key: string, nowMs: number): ReturnType<StateStore['predecessor']> {
    const here = () => this.#local.predecessor(sender, key, nowMs);
    return this.#route(key, NONE, {
      remote: async () => {
        const waits = this.#localIndex.localRecords.size > 0;
        for (let ahead = waits ? await here() : undefined; ahead !== undefined;) {
          if (this.#localIndex.isRecordLocal(ahead.key)) return ahead;
          ahead = await this.#local.predecessor(sender, ahead.key, nowMs);
        }
        return this.#remote.predecessor(sender, key, nowMs);
      },
      local: here,
      fallBack: here,
    });
  }

  /** Repeats a local spend in Redis once Redis is back. */
  sendQuota(change: QuotaChange): ReturnType<StateStore['sendQuota']> {
    return this.#remoteElseLocal(
      () => this.#remote.sendQuota(change),
      () => {
        if ((change.change ?? change.granted) !== undefined) this.#quotaChanges.add(change);
        return this.#local.sendQuota(change);
      },
    );
  }

  tryAcquireRate(request: Parameters<StateStore['tryAcquireRate']>[0]): Promise<boolean> {
    return this.#remoteElseLocal(
      () => this.#remote.tryAcquireRate(request),
      () => this.#local.tryAcquireRate(request),
    );
  }

  /** @throws StoreUnavailable  it is not local, and Redis is unavailable */
  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    return (await this.#local.deadLetter(id)) ?? this.#remoteOnly(() => this.#remote.deadLetter(id));
  }

  /** @throws StoreUnavailable  it is not local, and Redis is unavailable */
  async deleteDeadLetter(id: string): Promise<boolean> {
    const here = await this.#local.deleteDeadLetter(id);
    this.#lettersInBoth.delete(id);
    if (here && this.#breaker.open) return true;
    const there = await this.#remoteOnly(() => this.#remote.deleteDeadLetter(id));
    return here || there;
  }

  putDeadLetter(letter: DeadLetter): Promise<void> {
    return this.#remoteElseLocal(
      () => this.#remote.putDeadLetter(letter),
      () => this.#local.putDeadLetter(letter),
    );
  }

  /** Lists both stores: a letter put while Redis was unavailable may not be written back yet. */
  async deadLetters(limit: number): Promise<DeadLetter[]> {
    const here = await this.#local.deadLetters(limit);
    const there = await this.#remoteElseLocal(
      () => this.#remote.deadLetters(limit),
      () => Promise.resolve([]),
    );
    const byId = new Map([...here, ...there].map((letter) => [letter.id, letter]));
    return [...byId.values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit);
  }

  async countDeadLetters(): Promise<number> {
    const there = await this.#remoteElseLocal(
      () => this.#remote.countDeadLetters(),
      () => Promise.resolve(undefined),
    );
    // After Redis: what arrived there by now is noted.
    const [here, ...copies] = await Promise.all([
      this.#local.countDeadLetters(),
      ...[...this.#lettersInBoth].map((id) => this.#local.deadLetter(id)),
    ]);
    return there === undefined ? here : here + there - copies.filter((copy) => copy !== undefined).length;
  }

  /**
   * Writes local records, dead letters and quota changes back to Redis. @throws StoreUnavailable the rest waits until
   * Redis is available again
   */
  async writeBack(): Promise<void> {
    await this.#quotaChanges.writeBack(this.#remote);
    const stays = [...this.#localIndex.localRecords];
    for (let at = 0; at < stays.length; at += BATCH_SIZE) {
      await Promise.all(
        stays.slice(at, at + BATCH_SIZE).map(([key, stay]) => {
          const moving = writeBackRecord(
            { local: this.#local, remote: this.#remote, clock: this.#clock },
            key,
            stay,
            this.#lastHeartbeat?.owner,
          )
            .then(() => this.#localIndex.remove(key))
            .finally(() => this.#moving.delete(key));
          this.#moving.set(key, moving);
          return moving;
        }),
      );
    }
    await writeBackDeadLetters(this.#local, this.#remote, this.#lettersInBoth);
  }

  /** Does nothing: `openFallback` closes both stores. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * True for changes that all processes must see: a takeover, the change of a worker to a record that others can take,
   * and a passive reply, even of a part, whose job others can take.
   */
  #requiresRemote({ key, next, body }: SwapRequest): boolean {
    if (next.state === 'running' || next.state === 'taking') return true;
    const isAnswer = next.state === 'answered' || (body !== undefined && next.messages !== undefined);
    return isAnswer && this.#localIndex.mayBeRemote(key);
  }

  /** Continues a run locally after Redis failed, as if Redis had made the change. */
  async #swapLocally(request: SwapRequest): Promise<SwapResult> {
    const { key, rev, next, nowMs, ttlMs, sender } = request;
    const expiresAtMs = nowMs + ttlMs;
    this.#localIndex.add(key, expiresAtMs, { sender });
    // In one turn of the event loop, so that no other swap happens between the two.
    const adopted = this.#local.import({
      key,
      stored: { rev, record: next },
      expiresAtMs,
      ...(sender !== undefined && { sender: { ...sender, place: 'lane' } }),
    });
    const [result] = await Promise.all([this.#local.swap({ ...request, durable: true }), adopted]);
    return result;
  }

  /** Mirrors a lane entry of Redis, so that the order stays if some records continue locally. */
  #mirrorLane({ key, next, nowMs, sender }: SwapRequest): void {
    if (sender === undefined) return;
    if (sender.place !== 'lane' || next.owner === '') this.#local.dropMirror(sender.key, key);
    else if (next.owner === this.#lastHeartbeat?.owner) this.#local.mirrorLaneEntry(sender.key, key, nowMs);
  }

  async #linkedConflict(store: StateStore, key: string, nowMs: number): Promise<SwapResult> {
    const seen = await store.read(key, nowMs);
    return { swapped: false, stored: seen?.stored, linkedConflict: true };
  }

  /** Just after an outage every owner counts as alive. */
  #assumeAliveWhileRecovering<T extends NonNullable<Reading>>(seen: T): T {
    return this.#breaker.isRecovering && seen.stored.record.owner !== ''
      ? { ...seen, ownerAlive: true }
      : seen;
  }

  /** @param linked  records that change in the same step */
  async #route<T>(
    key: string,
    linked: readonly LinkedSwap[],
    routes: {
      remote: () => Promise<T>;
      local: () => Promise<T>;
      fallBack: (cause: StoreUnavailable) => Promise<T>;
    },
  ): Promise<T> {
    // After a failed move the record stays local.
    for (let moving = this.#moveOf(key, linked); moving !== undefined; moving = this.#moveOf(key, linked))
      await moving.catch(() => undefined);
    if (this.#localIndex.isRecordLocal(key)) return routes.local();
    if (this.#breaker.open) return routes.fallBack(new StoreUnavailable('Redis is away'));
    let result: T;
    try {
      result = await routes.remote();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#breaker.trip(error);
      return this.#localIndex.isRecordLocal(key) ? this.#route(key, linked, routes) : routes.fallBack(error);
    }
    // Another call of this process gave up on Redis meanwhile and moved the record to the journal.
    return this.#localIndex.isRecordLocal(key) ? this.#route(key, linked, routes) : result;
  }

  #moveOf(key: string, linked: readonly LinkedSwap[]): Promise<void> | undefined {
    if (this.#moving.size === 0) return undefined;
    return [key, ...linked.map((one) => one.key)]
      .map((moved) => this.#moving.get(moved))
      .find((move) => move !== undefined);
  }

  async #remoteOnly<T>(remote: () => Promise<T>): Promise<T> {
    if (this.#breaker.open) throw new StoreUnavailable('Redis is away');
    return this.#guarded(remote());
  }

  async #remoteElseLocal<T>(remote: () => Promise<T>, local: () => Promise<T>): Promise<T> {
    if (this.#breaker.open) return local();
    try {
      return await this.#guarded(remote());
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return local();
    }
  }

  async #guarded<T>(operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#breaker.trip(error);
      throw error;
    }
  }
}
