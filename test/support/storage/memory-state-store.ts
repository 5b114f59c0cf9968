import {
  LANE_ENTRY_TTL_MS,
  MAX_MAILBOX_READ,
  StoreUnavailable,
  type ClaimExtras,
  type ClaimRequest,
  type ClaimResult,
  type DeadLetter,
  type SendQuota,
  type MailboxEntry,
  type LanePlacement,
  type StateStore,
  type StoredRecord,
  type SwapRequest,
  type SwapResult,
  type QuotaChange,
} from '../../../src/ports/state-store.js';
import {
  closeWindow,
  EMPTY_LEDGER,
  openWindow,
  refundOne,
  spendOne,
  viewOf,
  type SendLedger,
} from '../../../src/protocol/send-ledger.js';

interface Expiring<T> {
  readonly value: T;
  readonly untilMs: number;
}

interface Seat {
  readonly key: string;
  readonly sender: string;
  readonly place: 'lane' | 'mailbox';
  readonly rank: number;
}

/**
 * The state store in memory. Two users of one instance act as two processes on one store. Values are copied in and out.
 */
export class MemoryStateStore implements StateStore {
  /** While true, every operation fails with `StoreUnavailable` and changes nothing. */
  unavailable = false;
  /** Names of the operations done so far, in order. */
  readonly operations: (keyof StateStore)[] = [];

  private readonly records = new Map<string, Expiring<StoredRecord>>();
  private readonly bodies = new Map<string, Expiring<string>>();
  private readonly guards = new Map<string, Expiring<string>>();
  private readonly tries = new Map<string, { count: number; sinceMs: number }>();
  /** By record key: a record has one seat at most. */
  private readonly seats = new Map<string, Seat>();
  private readonly ledgers = new Map<string, SendLedger>();
  private readonly counted = new Map<string, number[]>();
  private readonly facts = new Map<string, Expiring<string>>();
  private readonly beats = new Map<string, number>();
  private readonly letters = new Map<string, DeadLetter>();

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    this.enter('claim');
    const { key, owner, nowMs, ttlMs, replayGuard, sender } = request;
    if (replayGuard !== undefined) {
      const use = alive(this.guards, replayGuard.key, nowMs);
      if (use !== undefined && use !== replayGuard.fingerprint) return { type: 'replayed' };
      if (use === undefined)
        this.guards.set(replayGuard.key, { value: replayGuard.fingerprint, untilMs: nowMs + ttlMs });
    }
    const known = this.look(key, nowMs);
    if (known !== undefined) return { type: 'known', ...known, ...this.extras(request) };
    const stored: StoredRecord = { rev: 1, record: { state: 'running', owner, fence: 1, attempt: 1 } };
    this.records.set(key, { value: stored, untilMs: nowMs + ttlMs });
    this.bodies.delete(key);
    this.tries.delete(key);
    this.seats.delete(key);
    if (sender !== undefined) {
      for (const seat of this.standing(sender, 'lane'))
        if (seat.rank <= nowMs - LANE_ENTRY_TTL_MS) this.seats.delete(seat.key);
      this.seats.set(key, { key, sender, place: 'lane', rank: this.nextRank(sender, nowMs) });
      const ledger = this.ledgers.get(sender) ?? EMPTY_LEDGER;
      if (request.grantsQuota !== undefined)
        this.ledgers.set(sender, openWindow(ledger, request.grantsQuota));
      if (request.revokesQuota) this.ledgers.set(sender, closeWindow(nowMs));
    }
    return { type: 'claimed', stored: copy(stored), ...this.extras(request) };
  }

  async swap(request: SwapRequest): Promise<SwapResult> {
    this.enter('swap');
    const { key, rev, next, nowMs, ttlMs, body, sender, linked = [] } = request;
    const current = alive(this.records, key, nowMs);
    if (current?.rev !== rev) return { swapped: false, stored: copy(current) };
    if (linked.some((one) => alive(this.records, one.key, nowMs)?.rev !== one.rev))
      return { swapped: false, stored: copy(current), linkedConflict: true };
    for (const one of linked) {
      const value = copy({ rev: one.rev + 1, record: one.next });
      this.records.set(one.key, { value, untilMs: nowMs + one.ttlMs });
      if (one.sender !== undefined) this.stand(one.key, one.sender, nowMs);
    }
    const left = sender && this.stand(key, sender, nowMs);
    const behind = left && this.standing(left.sender, 'lane', nowMs).find(({ rank }) => rank > left.rank);
    const wake = behind && { next: behind.key };
    const stored = copy({ rev: rev + 1, record: next });
    this.records.set(key, { value: stored, untilMs: nowMs + ttlMs });
    if (body !== undefined) this.bodies.set(key, { value: body.xml, untilMs: nowMs + body.ttlMs });
    return { swapped: true, stored: copy(stored), ...wake };
  }

  async read(key: string, nowMs: number): ReturnType<StateStore['read']> {
    this.enter('read');
    return this.look(key, nowMs);
  }

  async predecessor(sender: string, key: string, nowMs: number): ReturnType<StateStore['predecessor']> {
    this.enter('predecessor');
    const lane = this.standing(sender, 'lane', nowMs);
    const before = lane[lane.findIndex((seat) => seat.key === key) - 1];
    return before && { key: before.key, sinceMs: before.rank };
  }

  async sendQuota({
    sender,
    nowMs,
    change,
    granted,
  }: QuotaChange): Promise<SendQuota & { readonly changed: boolean }> {
    this.enter('sendQuota');
    let ledger = this.ledgers.get(sender) ?? EMPTY_LEDGER;
    if (granted !== undefined) ledger = openWindow(ledger, granted);
    const changes = {
      spend: () => spendOne(ledger, nowMs),
      refund: () => refundOne(ledger, nowMs),
      close: () => closeWindow(nowMs),
    };
    const changed = change && changes[change]();
    ledger = changed ?? ledger;
    this.ledgers.set(sender, ledger);
    return { ...viewOf(ledger, nowMs), changed: changed !== undefined };
  }

  async tryAcquireRate({
    name,
    limit,
    perMs,
    nowMs,
  }: Parameters<StateStore['tryAcquireRate']>[0]): Promise<boolean> {
    this.enter('tryAcquireRate');
    const recent = (this.counted.get(name) ?? []).filter((atMs) => atMs > nowMs - perMs);
    if (recent.length >= limit) return false;
    this.counted.set(name, [...recent, nowMs]);
    return true;
  }

  async heartbeat(owner: string, untilMs: number): Promise<void> {
    this.enter('heartbeat');
    this.beats.set(owner, untilMs);
  }

  async get(name: string, nowMs: number): Promise<string | undefined> {
    this.enter('get');
    return alive(this.facts, name, nowMs);
  }

  async compareAndSet(change: Parameters<StateStore['compareAndSet']>[0]): Promise<boolean> {
    this.enter('compareAndSet');
    if (alive(this.facts, change.name, change.nowMs) !== change.expected) return false;
    if (change.next === undefined) this.facts.delete(change.name);
    else this.facts.set(change.name, { value: change.next, untilMs: change.nowMs + change.ttlMs });
    return true;
  }

  async putDeadLetter(letter: DeadLetter): Promise<void> {
    this.enter('putDeadLetter');
    this.letters.delete(letter.id); // so that a replaced letter also takes its new place
    this.letters.set(letter.id, copy(letter));
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    this.enter('deadLetters');
    const newestFirst = [...this.letters.values()].reverse().sort((a, b) => b.atMs - a.atMs);
    return copy(newestFirst.slice(0, limit));
  }

  async countDeadLetters(): Promise<number> {
    this.enter('countDeadLetters');
    return this.letters.size;
  }

  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    this.enter('deadLetter');
    return copy(this.letters.get(id));
  }

  async deleteDeadLetter(id: string): Promise<boolean> {
    this.enter('deleteDeadLetter');
    return this.letters.delete(id);
  }

  /** Returns the record of a key, even if it has expired. */
  peek(key: string): StoredRecord | undefined {
    return this.records.get(key)?.value;
  }

  /** Records that stand in any lane. */
  get inLanes(): readonly string[] {
    return [...this.seats.values()].filter(({ place }) => place === 'lane').map(({ key }) => key);
  }

  /** Forgets everything, as a Redis does that is flushed. */
  flush(): void {
    const { records, bodies, guards, tries, seats, ledgers, counted, facts, beats, letters } = this;
    for (const kept of [records, bodies, guards, tries, seats, ledgers, counted, facts, beats, letters])
      kept.clear();
  }

  async close(): Promise<void> {}

  private look(
    key: string,
    nowMs: number,
  ): { stored: StoredRecord; ownerAlive: boolean; body?: string } | undefined {
    const stored = alive(this.records, key, nowMs);
    if (stored === undefined) return undefined;
    const body = alive(this.bodies, key, nowMs);
    const ownerAlive = (this.beats.get(stored.record.owner) ?? 0) > nowMs;
    return { stored: copy(stored), ownerAlive, ...(body !== undefined && { body }) };
  }

  private extras({ key, nowMs, sender, countAttempts, readMailbox }: ClaimRequest): ClaimExtras {
    const known = this.tries.get(key);
    const tries = { count: (known?.count ?? 0) + 1, sinceMs: known?.sinceMs ?? nowMs };
    if (countAttempts) this.tries.set(key, tries);
    const mailbox: MailboxEntry[] = [];
    if (readMailbox && sender !== undefined) {
      for (const seat of this.standing(sender, 'mailbox', nowMs).slice(0, MAX_MAILBOX_READ))
        mailbox.push({ key: seat.key, stored: copy(alive(this.records, seat.key, nowMs)!) });
    }
    return { ...(countAttempts && { attempts: tries }), ...(mailbox.length > 0 && { mailbox }) };
  }

  /** Lists the entries of a place, in order; with `nowMs` only those with unexpired records. */
  private standing(sender: string, place: Seat['place'], nowMs?: number): Seat[] {
    return [...this.seats.values()]
      .filter((seat) => seat.sender === sender && seat.place === place)
      .filter(({ key }) => nowMs === undefined || alive(this.records, key, nowMs) !== undefined)
      .sort((a, b) => a.rank - b.rank);
  }

  private nextRank(sender: string, sinceMs: number): number {
    const ranks = [...this.seats.values()].filter((seat) => seat.sender === sender).map(({ rank }) => rank);
    return Math.max(sinceMs, ...ranks.map((rank) => rank + 1));
  }

  /** @returns the seat in the lane that it has left with this */
  private stand(
    key: string,
    { key: sender, place, sinceMs }: LanePlacement,
    nowMs: number,
  ): Seat | undefined {
    const seat = this.seats.get(key);
    if (place === 'none') this.seats.delete(key);
    else {
      const rank = seat?.rank ?? sinceMs ?? this.nextRank(sender, nowMs);
      this.seats.set(key, { key, sender, place, rank });
    }
    return seat?.place === 'lane' && place !== 'lane' ? seat : undefined;
  }

  private enter(operation: keyof StateStore): void {
    if (this.unavailable) throw new StoreUnavailable(`${operation}: the test made the store unavailable`);
    this.operations.push(operation);
  }
}

function alive<T>(map: ReadonlyMap<string, Expiring<T>>, key: string, nowMs: number): T | undefined {
  const entry = map.get(key);
  return entry !== undefined && entry.untilMs > nowMs ? entry.value : undefined;
}

/** Copies values, so that callers never share objects with the store. */
const copy = structuredClone;
