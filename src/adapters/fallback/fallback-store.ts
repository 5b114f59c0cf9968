import type { Clock } from '../../ports/clock.js';
import {
  StoreUnavailable,
  type ClaimRequest,
  type ClaimResult,
  type DeadLetter,
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

type Reading = Awaited<ReturnType<StateStore['read']>>;

/**
 * Redis where it answers, this process's journal where it does not.
 *
 * A record is in one place at a time: the journal has those that this process claimed or changed while Redis was
 * away. They stay until `writeBack` has written them back; who asks for one in between waits for its move. Changes
 * here are always durable: after a crash the job is done from here only if its record is here, too.
 */
export class FallbackStore implements StateStore {
  readonly #remote: StateStore;
  readonly #local: LocalStore;
  readonly #breaker: CircuitBreaker;
  readonly #clock: Clock;
  readonly #localIndex: LocalIndex;
  readonly #quotaChanges = new PendingQuotaChanges();
  readonly #moving = new Map<string, Promise<void>>();
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
    const result = await this.#route([key], {
      remote: () => this.#remote.claim(request),
      local: here,
      // The claim may have been stored all the same: then the one here comes home to it.
      fallBack: here,
    });
    if (result.type === 'claimed' && sender !== undefined && !this.#localIndex.isRecordLocal(key))
      this.#local.mirrorLaneEntry(sender, key, nowMs);
    return result.type === 'known' ? this.#assumeAliveWhileRecovering(result) : result;
  }

  /** Records that change together are changed where all of them are. With some here and some there, that is nowhere. */
  async swap(request: SwapRequest): Promise<SwapResult> {
    const { key, next, nowMs, ttlMs, sender, linked = [] } = request;
    let mayBeDone = false;
    const result = await this.#route([key, ...linked.map((one) => one.key)], {
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
        // Another process may have answered another try meanwhile: Redis will tell.
        if (next.state === 'taking' && next.unheard === true)
          return Promise.reject(new StoreUnavailable('swap: nobody heard this answer, and Redis is away'));
        this.#localIndex.add(key, nowMs + ttlMs, { sender });
        for (const one of linked) this.#localIndex.add(one.key, nowMs + one.ttlMs, { sender: one.sender });
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
    const seen = await this.#route<Reading>([key], {
      remote: () => this.#remote.read(key, nowMs),
      local: () => this.#local.read(key, nowMs),
      // Not here does not mean that there is none.
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

  /** One beat to Redis, whether it is thought to be there or not. */
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

  /** What is here goes before what is in Redis, unless it came later: it is on its way there. */
  async predecessor(sender: string, key: string, nowMs: number): ReturnType<StateStore['predecessor']> {
    const here = () => this.#local.predecessor(sender, key, nowMs);
    return this.#route([key], {
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

  /** What is spent here is spent in Redis when it is back. */
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

  /** @throws StoreUnavailable  there is none here, and Redis is away */
  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    return (await this.#local.deadLetter(id)) ?? this.#remoteOnly(() => this.#remote.deadLetter(id));
  }

  /** @throws StoreUnavailable  there is none here, and Redis is away */
  async deleteDeadLetter(id: string): Promise<boolean> {
    const here = await this.#local.deleteDeadLetter(id);
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

  /** Those of both places: what was buried while Redis was away may not have gone home yet. */
  async deadLetters(limit: number): Promise<DeadLetter[]> {
    const here = await this.#local.deadLetters(limit);
    const there = await this.#remoteElseLocal(
      () => this.#remote.deadLetters(limit),
      () => Promise.resolve([]),
    );
    const byId = new Map([...here, ...there].map((letter) => [letter.id, letter]));
    return [...byId.values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit);
  }

  /** Writes every record and letter that is here back to Redis, and what happened to windows. @throws StoreUnavailable  the rest waits for the next return */
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
    await writeBackDeadLetters(this.#local, this.#remote);
  }

  /** What it stands on is closed by `openFallback`. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Changes that only count when all processes see them: taking over from a process that looks dead, what a worker
   * does to a record that others can take, and a passive answer, whole or its beginning, whose job others can take.
   */
  #requiresRemote({ key, next, body }: SwapRequest): boolean {
    if (next.state === 'running' || next.state === 'taking') return true;
    const isAnswer = next.state === 'answered' || (body !== undefined && next.messages !== undefined);
    return isAnswer && this.#localIndex.mayBeRemote(key);
  }

  /** Redis failed in the middle of a run: it goes on from here, as if Redis had made the change. */
  async #swapLocally(request: SwapRequest): Promise<SwapResult> {
    const { key, rev, next, nowMs, ttlMs, sender } = request;
    const expiresAtMs = nowMs + ttlMs;
    this.#localIndex.add(key, expiresAtMs, { sender });
    // In one go: nobody else may swap between the two.
    const adopted = this.#local.import({
      key,
      stored: { rev, record: next },
      expiresAtMs,
      ...(sender !== undefined && { sender: { ...sender, place: 'lane' } }),
    });
    const [result] = await Promise.all([this.#local.swap({ ...request, durable: true }), adopted]);
    return result;
  }

  /** The lanes here know of this process's records in Redis: they keep the order where some of them go on from here. */
  #mirrorLane({ key, next, nowMs, sender }: SwapRequest): void {
    if (sender === undefined) return;
    if (sender.place !== 'lane' || next.owner === '') this.#local.dropMirror(sender.key, key);
    else if (next.owner === this.#lastHeartbeat?.owner) this.#local.mirrorLaneEntry(sender.key, key, nowMs);
  }

  async #linkedConflict(store: StateStore, key: string, nowMs: number): Promise<SwapResult> {
    const seen = await store.read(key, nowMs);
    return { swapped: false, stored: seen?.stored, linkedConflict: true };
  }

  /** Just after an outage nobody is taken for dead. */
  #assumeAliveWhileRecovering<T extends NonNullable<Reading>>(seen: T): T {
    return this.#breaker.isRecovering && seen.stored.record.owner !== ''
      ? { ...seen, ownerAlive: true }
      : seen;
  }

  /** @param keys  the record's own, and of those that change with it */
  async #route<T>(
    keys: readonly [string, ...string[]],
    routes: {
      remote: () => Promise<T>;
      local: () => Promise<T>;
      fallBack: (cause: StoreUnavailable) => Promise<T>;
    },
  ): Promise<T> {
    const [key] = keys;
    // A move that fails leaves the record here.
    for (let moving = this.#moveOf(keys); moving !== undefined; moving = this.#moveOf(keys))
      await moving.catch(() => undefined);
    if (this.#localIndex.isRecordLocal(key)) return routes.local();
    if (this.#breaker.open) return routes.fallBack(new StoreUnavailable('Redis is away'));
    let result: T;
    try {
      result = await routes.remote();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#breaker.trip(error);
      return this.#localIndex.isRecordLocal(key) ? this.#route(keys, routes) : routes.fallBack(error);
    }
    // Somebody here gave up on Redis in the meantime, and went on with the record from here.
    return this.#localIndex.isRecordLocal(key) ? this.#route(keys, routes) : result;
  }

  #moveOf(keys: readonly string[]): Promise<void> | undefined {
    if (this.#moving.size === 0) return undefined;
    return keys.map((key) => this.#moving.get(key)).find((move) => move !== undefined);
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
