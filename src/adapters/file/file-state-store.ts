import type { Clock } from '../../ports/clock.js';
import { claimedRecord, MAX_MAILBOX_READ, StoreUnavailable } from '../../ports/state-store.js';
import type {
  ClaimExtras,
  ClaimRequest,
  ClaimResult,
  DeadLetter,
  SendQuota,
  LanePlacement,
  StateStore,
  StoredRecord,
  StoredRecordCopy,
  SwapRequest,
  SwapResult,
  QuotaChange,
} from '../../ports/state-store.js';
import { RateLimiters } from './rate-limiters.js';
import { FileDeadLetterStore } from './dead-letter-store.js';
import type { Entry, Journaled } from './entry.js';
import { ExpiringMap } from './expiring-map.js';
import { ReplayGuards } from './replay-guards.js';
import type { Journal } from './journal.js';
import type { FullRecord } from './packed-record.js';
import { RecordIndex, type RecordChanged } from './record-index.js';
import { SendQuotas } from './send-quotas.js';

/** A value with its expiry. */
interface Expiring<V> {
  readonly value: V;
  readonly expiresAtMs: number;
}

const expiring = <V>() => new ExpiringMap<Expiring<V>>(({ expiresAtMs }) => expiresAtMs);

/** Expired records and replies are deleted as others come; while none come, at this interval. */
const SWEEP_INTERVAL_MS = 30_000;
/** So many at once: about a millisecond. The rest follows after a pause. */
const SWEPT_AT_ONCE = 4_000;
const SWEEP_PAUSE_MS = 50;

const NO_LINKED_SWAPS: NonNullable<SwapRequest['linked']> = [];

/**
 * Holds the state of one process in memory and in the journal.
 *
 * A new claim is only in memory: after a crash before the answer, WeChat's next attempt runs the push again. From the
 * first change on, the record and its place are in the journal: at once for a `durable` swap, else within a few
 * milliseconds, like values, guards and changes of send quotas. Dead letters are durable. Grants, rate limits and
 * heartbeats are not stored: after a start no earlier process is alive.
 */
export class FileStateStore implements StateStore, Journaled {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #records = new RecordIndex();
  readonly #guards = new ReplayGuards();
  readonly #values = expiring<string>();
  readonly #sendQuotas = new SendQuotas();
  readonly #rateLimiters = new RateLimiters();
  readonly #deadLetters: FileDeadLetterStore;
  readonly #heartbeats = new Map<string, number>();
  #cancelSweep: (() => void) | undefined;
  #closed = false;

  constructor(journal: Journal, clock: Clock, letters: FileDeadLetterStore) {
    this.#journal = journal;
    this.#clock = clock;
    this.#deadLetters = letters;
  }

  claim(request: ClaimRequest): Promise<ClaimResult> {
    if (this.#closed) return Promise.reject(closed());
    const { key, owner, nowMs, ttlMs, replayGuard, sender, grantsQuota, revokesQuota } = request;
    const expiresAtMs = nowMs + ttlMs;
    if (replayGuard !== undefined) {
      const taken = this.#guards.take(replayGuard.key, replayGuard.fingerprint, expiresAtMs, nowMs);
      if (taken === 'other') return Promise.resolve({ type: 'replayed' });
      if (taken === 'new') this.#journal.scheduleFlush();
    }
    const known = this.#records.find(key, nowMs);
    if (known !== undefined)
      return Promise.resolve({
        type: 'known',
        ...this.#view(key, known.stored, nowMs),
        ...this.#extras(request),
      });
    const stored = claimedRecord(owner);
    this.#records.begin(key, stored, expiresAtMs, sender, nowMs);
    if (this.#cancelSweep === undefined) this.#sweepIn(SWEEP_INTERVAL_MS);
    this.#rateLimiters.forgetAttempts(key);
    if (sender !== undefined) {
      if (grantsQuota !== undefined) this.#sendQuotas.open(sender, grantsQuota, nowMs);
      if (revokesQuota) this.#change({ sender, nowMs, change: 'close' });
    }
    if (!request.countAttempts && !request.readMailbox) return Promise.resolve({ type: 'claimed', stored });
    return Promise.resolve({ type: 'claimed', stored, ...this.#extras(request) });
  }

  swap(request: SwapRequest): Promise<SwapResult> {
    if (this.#closed) return Promise.reject(closed());
    const { key, rev, next, nowMs, ttlMs, body, durable, sender, linked = NO_LINKED_SWAPS } = request;
    const known = this.#records.find(key, nowMs);
    if (known === undefined || known.stored.rev !== rev)
      return Promise.resolve({ swapped: false, stored: known?.stored });
    for (const swap of linked)
      if (this.#records.find(swap.key, nowMs)?.stored.rev !== swap.rev)
        return Promise.resolve({ swapped: false, stored: known.stored, linkedConflict: true });

    const together = durable || linked.length > 0;
    const changed: RecordChanged[] = [];
    for (const swap of linked) {
      const change = { ...swap, expiresAtMs: nowMs + swap.ttlMs, journaled: true, sender: swap.sender };
      changed.push(this.#records.change(this.#records.find(swap.key, nowMs)!, change, nowMs));
    }
    const journaled = known.journaled || together || next.state !== 'running';
    const change = { key, next, expiresAtMs: nowMs + ttlMs, journaled, sender };
    const own = this.#records.change(known, change, nowMs);
    changed.push(own);
    if (body !== undefined) this.#records.remember(key, body.xml, nowMs + body.ttlMs, nowMs);

    const laneEntry = sender === undefined || own.placeBefore !== 'lane' ? undefined : known.laneEntry;
    const behind =
      laneEntry === undefined || own.after.laneEntry?.place === 'lane'
        ? undefined
        : this.#records.lanes.successor(laneEntry, nowMs);
    const { stored } = own.after;
    const result: SwapResult =
      behind === undefined ? { swapped: true, stored } : { swapped: true, stored, next: behind.key };
    if (!journaled) return Promise.resolve(result);
    return this.#journaled(changed, durable, result, nowMs);
  }

  read(
    key: string,
    nowMs: number,
  ): Promise<{ stored: StoredRecord; ownerAlive: boolean; body?: string } | undefined> {
    if (this.#closed) return Promise.reject(closed());
    const known = this.#records.find(key, nowMs);
    return Promise.resolve(known && this.#view(key, known.stored, nowMs));
  }

  predecessor(sender: string, key: string, nowMs: number): ReturnType<StateStore['predecessor']> {
    if (this.#closed) return Promise.reject(closed());
    const laneEntry = this.#records.lanes.predecessor(sender, key, nowMs);
    return Promise.resolve(laneEntry && { key: laneEntry.key, sinceMs: laneEntry.rank });
  }

  sendQuota(change: QuotaChange): Promise<SendQuota & { readonly changed: boolean }> {
    if (this.#closed) return Promise.reject(closed());
    return Promise.resolve(this.#change(change));
  }

  tryAcquireRate(request: Parameters<StateStore['tryAcquireRate']>[0]): Promise<boolean> {
    if (this.#closed) return Promise.reject(closed());
    return Promise.resolve(this.#rateLimiters.tryAcquire(request));
  }

  heartbeat(owner: string, untilMs: number): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    this.#heartbeats.set(owner, untilMs);
    return Promise.resolve();
  }

  get(name: string, nowMs: number): Promise<string | undefined> {
    if (this.#closed) return Promise.reject(closed());
    return Promise.resolve(this.#values.get(name, nowMs)?.value);
  }

  /** Not durable: a token that a crash loses is fetched again, and a lock ends with its process. */
  compareAndSet(change: Parameters<StateStore['compareAndSet']>[0]): Promise<boolean> {
    if (this.#closed) return Promise.reject(closed());
    const { name, expected, next, nowMs, ttlMs } = change;
    if (this.#values.get(name, nowMs)?.value !== expected) return Promise.resolve(false);
    if (next === undefined) {
      if (this.#values.delete(name)) this.#journal.appendLazily(['no-fact', name]);
    } else {
      const expiresAtMs = nowMs + ttlMs;
      this.#values.set(name, { value: next, expiresAtMs }, nowMs);
      this.#journal.appendLazily(['fact', name, next, expiresAtMs]);
    }
    return Promise.resolve(true);
  }

  async putDeadLetter(letter: DeadLetter): Promise<void> {
    if (this.#closed) throw closed();
    this.#deadLetters.put(letter);
    await this.#journal.append(['letter', letter]).catch(unavailable);
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    if (this.#closed) throw closed();
    return this.#deadLetters.newest(limit);
  }

  async countDeadLetters(): Promise<number> {
    if (this.#closed) throw closed();
    return this.#deadLetters.count;
  }

  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    if (this.#closed) throw closed();
    return this.#deadLetters.get(id);
  }

  async deleteDeadLetter(id: string): Promise<boolean> {
    if (this.#closed) throw closed();
    if (!this.#deadLetters.drop(id)) return false;
    await this.#journal.append(['no-letter', id]).catch(unavailable);
    return true;
  }

  async deleteUnchangedDeadLetter(letter: DeadLetter): Promise<void> {
    if (this.#deadLetters.get(letter.id) === letter) await this.deleteDeadLetter(letter.id);
  }

  /** Flushes the journal. Its opener closes it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelSweep?.();
    await this.#journal.sync().catch(() => {}); // the journal has logged why
  }

  /** Yields every record that is unfinished or has a place. */
  *records(): Generator<StoredRecordCopy> {
    for (const [key, { stored, expiresAtMs }] of this.#records.unfinished(this.#clock.now()))
      yield { key, stored, expiresAtMs };
  }

  /** Stores a record unchanged, replacing any other. Resolves once it is durable. */
  async import({ key, stored, expiresAtMs, sender }: StoredRecordCopy): Promise<void> {
    if (this.#closed) throw closed();
    const nowMs = this.#clock.now();
    const { lanes } = this.#records;
    const before = sender && lanes.find(sender.key, key);
    const sinceMs = before?.rank ?? sender?.sinceMs;
    this.#records.drop(key);
    if (before !== undefined) lanes.leave(before);
    const standing = sender && { ...sender, ...(sinceMs !== undefined && { sinceMs }) };
    const laneEntry = standing && lanes.place(undefined, key, standing, nowMs);
    const full: FullRecord = { stored, expiresAtMs, journaled: true, laneEntry };
    this.#records.keep(key, full, nowMs);
    await this.#journal.append(this.#records.entry(key, full, nowMs)).catch(unavailable);
  }

  /** Drops a record that another store has now. */
  forget(key: string): void {
    if (!this.#records.drop(key)) return;
    this.#journal.appendLazily(['no-record', key]);
  }

  /** Returns the place of a local record for its sender, with its rank. */
  placementOf(key: string, nowMs: number): LanePlacement | undefined {
    const laneEntry = this.#records.find(key, nowMs)?.laneEntry;
    if (laneEntry === undefined || laneEntry.place === 'none') return undefined;
    return { key: laneEntry.sender, place: laneEntry.place, sinceMs: laneEntry.rank };
  }

  /** Adds a lane entry for a record of another store. In memory, for an hour at most. */
  mirrorLaneEntry(sender: string, key: string, nowMs: number): void {
    if (this.#records.lanes.find(sender, key) === undefined)
      this.#records.lanes.enter(sender, key, nowMs, true);
  }

  /** Removes a mirrored lane entry. */
  dropMirror(sender: string, key: string): void {
    const laneEntry = this.#records.lanes.find(sender, key);
    if (laneEntry?.isMirror) this.#records.lanes.leave(laneEntry);
  }

  replay(entry: Entry): void {
    const nowMs = this.#clock.now();
    switch (entry[0]) {
      case 'record':
      case 'answer':
        this.#records.replay(entry, nowMs);
        return;
      case 'no-record':
        this.#records.drop(entry[1]);
        return;
      case 'together':
        for (const member of entry[1]) this.replay(member);
        return;
      case 'window':
        this.#sendQuotas.put(entry[1], entry[2]);
        return;
      case 'guard':
        this.#guards.put(entry[1], entry[2], entry[3], nowMs);
        return;
      case 'guards':
        this.#guards.replay(entry[1], nowMs);
        return;
      case 'fact':
        this.#values.set(entry[1], { value: entry[2], expiresAtMs: entry[3] }, nowMs);
        return;
      case 'no-fact':
        this.#values.delete(entry[1]);
        return;
      case 'letter':
        this.#deadLetters.put(entry[1]);
        return;
      case 'no-letter':
        this.#deadLetters.drop(entry[1]);
    }
  }

  pendingEntries(): readonly Entry[] {
    return this.#guards.pendingEntries();
  }

  *snapshot(): Generator<Entry> {
    const nowMs = this.#clock.now();
    for (const letter of this.#deadLetters.oldestFirst()) yield ['letter', letter];
    for (const [name, { value, expiresAtMs }] of this.#values.entries(nowMs))
      yield ['fact', name, value, expiresAtMs];
    yield* this.#guards.snapshot(nowMs);
    for (const [sender, ledger] of this.#sendQuotas.changed(nowMs)) yield ['window', sender, ledger];
    yield* this.#records.snapshot(nowMs);
  }

  /** Without it, a server that rests would keep the replies of its last minute, which are texts of users. */
  #sweepIn(delayMs: number): void {
    this.#cancelSweep = this.#clock.schedule(
      delayMs,
      () => {
        this.#cancelSweep = undefined;
        const isMoreLeft = this.#records.sweep(this.#clock.now(), SWEPT_AT_ONCE);
        if (!this.#records.isEmpty) this.#sweepIn(isMoreLeft ? SWEEP_PAUSE_MS : SWEEP_INTERVAL_MS);
      },
      { background: true },
    );
  }

  #change(change: QuotaChange): SendQuota & { readonly changed: boolean } {
    const { left, untilMs, changed, ledger } = this.#sendQuotas.change(change);
    if (ledger !== undefined) this.#journal.appendLazily(['window', change.sender, ledger]);
    return { left, untilMs, changed };
  }

  #extras({ key, nowMs, ttlMs, sender, countAttempts, readMailbox }: ClaimRequest): ClaimExtras {
    const extras: { -readonly [Name in keyof ClaimExtras]: ClaimExtras[Name] } = {};
    if (countAttempts) extras.attempts = this.#rateLimiters.countAttempt(key, nowMs, ttlMs);
    if (!readMailbox || sender === undefined) return extras;
    const kept = this.#records.lanes.mailbox(sender, MAX_MAILBOX_READ, nowMs);
    if (kept.length > 0)
      extras.mailbox = kept.map((laneEntry) => ({
        key: laneEntry.key,
        stored: this.#records.find(laneEntry.key, nowMs)!.stored,
      }));
    return extras;
  }

  #view(key: string, stored: StoredRecord, nowMs: number) {
    const body = this.#records.body(key, nowMs);
    const ownerAlive = (this.#heartbeats.get(stored.record.owner) ?? -Infinity) > nowMs;
    return body === undefined ? { stored, ownerAlive } : { stored, ownerAlive, body };
  }

  /** Journals changes that memory already has. Reverts them if they had to be durable and the write failed. */
  #journaled(
    changed: readonly RecordChanged[],
    durable: boolean,
    result: SwapResult,
    nowMs: number,
  ): Promise<SwapResult> {
    const entryOf = ({ key, after }: RecordChanged): Entry => this.#records.entry(key, after, nowMs);
    const entry: Entry = changed.length === 1 ? entryOf(changed[0]!) : ['together', changed.map(entryOf)];
    if (!durable) {
      this.#journal.appendLazily(entry);
      return Promise.resolve(result);
    }
    return this.#journal.append(entry).then(
      () => result,
      (error: unknown) => {
        for (const change of changed) this.#records.revert(change, nowMs);
        return unavailable(error);
      },
    );
  }
}

function unavailable(cause: unknown): never {
  throw new StoreUnavailable('the journal could not be written; see the log for what its disk said', {
    cause,
  });
}

const closed = (): StoreUnavailable => new StoreUnavailable('the store is closed');
