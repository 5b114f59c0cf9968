import type { Clock } from '../../ports/clock.js';
import { SHELF_LOOK, StoreUnavailable } from '../../ports/state-store.js';
import type {
  ClaimExtras,
  ClaimRequest,
  ClaimResult,
  DeadLetter,
  SendWindow,
  Standing,
  StateStore,
  StoredRecord,
  SwapRequest,
  SwapResult,
  WindowChange,
} from '../../ports/state-store.js';
import { Counters } from './counters.js';
import { DeadLetterBox } from './dead-letter-box.js';
import type { Entry, Journaled } from './entry.js';
import { ExpiringMap } from './expiring-map.js';
import { GuardBook } from './guard-book.js';
import type { Journal } from './journal.js';
import type { FullRecord } from './packed-record.js';
import { RecordBook, type RecordChanged } from './record-book.js';
import { WindowBook } from './window-book.js';

/** A value with its end. */
interface Lasting<V> {
  readonly value: V;
  readonly expiresAtMs: number;
}

const lasting = <V>() => new ExpiringMap<Lasting<V>>(({ expiresAtMs }) => expiresAtMs);

const NOBODY: NonNullable<SwapRequest['also']> = [];

/** A record as it is handed from store to store. */
export interface KeptRecord {
  readonly key: string;
  readonly stored: StoredRecord;
  readonly expiresAtMs: number;
  /** Where it stands, and since when. */
  readonly sender?: Standing;
}

/**
 * The state of one process, in memory and in the journal.
 *
 * A fresh claim is in memory only: after a crash before the answer, WeChat's next try runs it afresh. From the
 * first settled change on, the journal has it with its place: at once where the swap is `durable`, else within a few
 * milliseconds, like facts, guards and what is done to a send window. Dead letters are durable. Openings, counts and
 * beats are not kept: after a start nobody who worked before is alive.
 */
export class FileStateStore implements StateStore, Journaled {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #records = new RecordBook();
  readonly #guards = new GuardBook();
  readonly #facts = lasting<string>();
  readonly #windows = new WindowBook();
  readonly #counters = new Counters();
  readonly #letters: DeadLetterBox;
  readonly #beats = new Map<string, number>();
  #closed = false;

  constructor(journal: Journal, clock: Clock, letters: DeadLetterBox) {
    this.#journal = journal;
    this.#clock = clock;
    this.#letters = letters;
  }

  claim(request: ClaimRequest): Promise<ClaimResult> {
    if (this.#closed) return Promise.reject(closed());
    const { key, owner, nowMs, keepMs, guard, sender, opens, closes } = request;
    const expiresAtMs = nowMs + keepMs;
    if (guard !== undefined) {
      const taken = this.#guards.take(guard.id, guard.use, expiresAtMs, nowMs);
      if (taken === 'other') return Promise.resolve({ type: 'replayed' });
      if (taken === 'new') this.#journal.writeSoon();
    }
    const known = this.#records.find(key, nowMs);
    if (known !== undefined)
      return Promise.resolve({
        type: 'known',
        ...this.#view(key, known.stored, nowMs),
        ...this.#extras(request),
      });
    const stored: StoredRecord = { rev: 1, record: { state: 'running', owner, fence: 1, attempt: 1 } };
    this.#records.begin(key, stored, expiresAtMs, sender, nowMs);
    this.#counters.forgetTries(key);
    if (sender !== undefined) {
      if (opens !== undefined) this.#windows.open(sender, opens, nowMs);
      if (closes) this.#change({ sender, nowMs, change: 'close' });
    }
    if (!request.countTries && !request.wantsShelf) return Promise.resolve({ type: 'claimed', stored });
    return Promise.resolve({ type: 'claimed', stored, ...this.#extras(request) });
  }

  swap(request: SwapRequest): Promise<SwapResult> {
    if (this.#closed) return Promise.reject(closed());
    const { key, rev, next, nowMs, keepMs, body, durable, sender, also = NOBODY } = request;
    const known = this.#records.find(key, nowMs);
    if (known === undefined || known.stored.rev !== rev)
      return Promise.resolve({ swapped: false, stored: known?.stored });
    for (const one of also)
      if (this.#records.find(one.key, nowMs)?.stored.rev !== one.rev)
        return Promise.resolve({ swapped: false, stored: known.stored, alsoLost: true });

    const together = durable || also.length > 0;
    const changed: RecordChanged[] = [];
    for (const one of also) {
      const change = { ...one, expiresAtMs: nowMs + one.keepMs, journaled: true, sender: one.sender };
      changed.push(this.#records.change(this.#records.find(one.key, nowMs)!, change, nowMs));
    }
    const journaled = known.journaled || together || next.state !== 'running';
    const change = { key, next, expiresAtMs: nowMs + keepMs, journaled, sender };
    const own = this.#records.change(known, change, nowMs);
    changed.push(own);
    if (body !== undefined) this.#records.remember(key, body.xml, nowMs + body.keepMs, nowMs);

    const seat = sender === undefined || own.placeBefore !== 'lane' ? undefined : known.seat;
    const behind =
      seat === undefined || own.after.seat?.place === 'lane'
        ? undefined
        : this.#records.lanes.behind(seat, nowMs);
    const { stored } = own.after;
    const result: SwapResult =
      behind === undefined ? { swapped: true, stored } : { swapped: true, stored, next: behind.key };
    if (!journaled) return Promise.resolve(result);
    return this.#kept(changed, durable, result, nowMs);
  }

  read(
    key: string,
    nowMs: number,
  ): Promise<{ stored: StoredRecord; ownerAlive: boolean; body?: string } | undefined> {
    if (this.#closed) return Promise.reject(closed());
    const known = this.#records.find(key, nowMs);
    return Promise.resolve(known && this.#view(key, known.stored, nowMs));
  }

  ahead(sender: string, key: string, nowMs: number): ReturnType<StateStore['ahead']> {
    if (this.#closed) return Promise.reject(closed());
    const seat = this.#records.lanes.ahead(sender, key, nowMs);
    return Promise.resolve(seat && { key: seat.key, sinceMs: seat.rank });
  }

  window(change: WindowChange): Promise<SendWindow & { readonly changed: boolean }> {
    if (this.#closed) return Promise.reject(closed());
    return Promise.resolve(this.#change(change));
  }

  admit(request: Parameters<StateStore['admit']>[0]): Promise<boolean> {
    if (this.#closed) return Promise.reject(closed());
    return Promise.resolve(this.#counters.admit(request));
  }

  beat(owner: string, untilMs: number): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    this.#beats.set(owner, untilMs);
    return Promise.resolve();
  }

  fact(name: string, nowMs: number): Promise<string | undefined> {
    if (this.#closed) return Promise.reject(closed());
    return Promise.resolve(this.#facts.get(name, nowMs)?.value);
  }

  /** Not durable by itself: a token that a crash forgets is fetched again, a lock dies with its process. */
  changeFact(change: Parameters<StateStore['changeFact']>[0]): Promise<boolean> {
    if (this.#closed) return Promise.reject(closed());
    const { name, expected, next, nowMs, keepMs } = change;
    if (this.#facts.get(name, nowMs)?.value !== expected) return Promise.resolve(false);
    if (next === undefined) {
      if (this.#facts.delete(name)) this.#journal.note(['no-fact', name]);
    } else {
      const expiresAtMs = nowMs + keepMs;
      this.#facts.set(name, { value: next, expiresAtMs }, nowMs);
      this.#journal.note(['fact', name, next, expiresAtMs]);
    }
    return Promise.resolve(true);
  }

  async bury(letter: DeadLetter): Promise<void> {
    if (this.#closed) throw closed();
    this.#letters.put(letter);
    await this.#journal.append(['letter', letter]).catch(unavailable);
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    if (this.#closed) throw closed();
    return this.#letters.newest(limit);
  }

  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    if (this.#closed) throw closed();
    return this.#letters.get(id);
  }

  async dropDeadLetter(id: string): Promise<boolean> {
    if (this.#closed) throw closed();
    if (!this.#letters.drop(id)) return false;
    await this.#journal.append(['no-letter', id]).catch(unavailable);
    return true;
  }

  /** Flushes; the journal itself is closed by who opened it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#journal.sync().catch(() => {}); // the journal has logged why
  }

  /** Every record whose work is not over, or that stands somewhere. */
  *records(): Generator<KeptRecord> {
    for (const [key, { stored, expiresAtMs }] of this.#records.unfinished(this.#clock.now()))
      yield { key, stored, expiresAtMs };
  }

  /** Takes a record in as it is, whatever stood there. Resolves once it is durable. */
  async adopt({ key, stored, expiresAtMs, sender }: KeptRecord): Promise<void> {
    if (this.#closed) throw closed();
    const nowMs = this.#clock.now();
    const { lanes } = this.#records;
    const before = sender && lanes.find(sender.key, key);
    const sinceMs = before?.rank ?? sender?.sinceMs;
    this.#records.drop(key);
    if (before !== undefined) lanes.leave(before);
    const standing = sender && { ...sender, ...(sinceMs !== undefined && { sinceMs }) };
    const seat = standing && lanes.stand(undefined, key, standing, nowMs);
    const full: FullRecord = { stored, expiresAtMs, journaled: true, seat };
    this.#records.keep(key, full, nowMs);
    await this.#journal.append(this.#records.entry(key, full, nowMs)).catch(unavailable);
  }

  /** Drops a record that somebody else keeps now. */
  forget(key: string): void {
    if (!this.#records.drop(key)) return;
    this.#journal.note(['no-record', key]);
  }

  /** Where a record that is here stands for its sender, and since when. */
  standingOf(key: string, nowMs: number): Standing | undefined {
    const seat = this.#records.find(key, nowMs)?.seat;
    if (seat === undefined || seat.place === 'none') return undefined;
    return { key: seat.sender, place: seat.place, sinceMs: seat.rank };
  }

  /** A record that another store keeps stands in the lane here, too. In memory, for an hour at most. */
  standFor(sender: string, key: string, nowMs: number): void {
    if (this.#records.lanes.find(sender, key) === undefined)
      this.#records.lanes.enter(sender, key, nowMs, true);
  }

  /** It does not any more. */
  leaveFor(sender: string, key: string): void {
    const seat = this.#records.lanes.find(sender, key);
    if (seat?.elsewhere) this.#records.lanes.leave(seat);
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
        for (const one of entry[1]) this.replay(one);
        return;
      case 'window':
        this.#windows.put(entry[1], entry[2]);
        return;
      case 'guard':
        this.#guards.put(entry[1], entry[2], entry[3], nowMs);
        return;
      case 'guards':
        this.#guards.replay(entry[1], nowMs);
        return;
      case 'fact':
        this.#facts.set(entry[1], { value: entry[2], expiresAtMs: entry[3] }, nowMs);
        return;
      case 'no-fact':
        this.#facts.delete(entry[1]);
        return;
      case 'letter':
        this.#letters.put(entry[1]);
        return;
      case 'no-letter':
        this.#letters.drop(entry[1]);
    }
  }

  gathered(): readonly Entry[] {
    return this.#guards.gathered();
  }

  *live(): Generator<Entry> {
    const nowMs = this.#clock.now();
    for (const letter of this.#letters.oldestFirst()) yield ['letter', letter];
    for (const [name, { value, expiresAtMs }] of this.#facts.entries(nowMs))
      yield ['fact', name, value, expiresAtMs];
    yield* this.#guards.live(nowMs);
    for (const [sender, ledger] of this.#windows.changed(nowMs)) yield ['window', sender, ledger];
    yield* this.#records.live(nowMs);
  }

  #change(change: WindowChange): SendWindow & { readonly changed: boolean } {
    const { left, untilMs, changed, ledger } = this.#windows.change(change);
    if (ledger !== undefined) this.#journal.note(['window', change.sender, ledger]);
    return { left, untilMs, changed };
  }

  #extras({ key, nowMs, keepMs, sender, countTries, wantsShelf }: ClaimRequest): ClaimExtras {
    const seats = wantsShelf && sender !== undefined && this.#records.lanes.shelf(sender, SHELF_LOOK, nowMs);
    const shelf = (seats || []).map((seat) => ({
      key: seat.key,
      stored: this.#records.find(seat.key, nowMs)!.stored,
    }));
    return {
      ...(countTries && { tries: this.#counters.countTry(key, nowMs, keepMs) }),
      ...(shelf.length > 0 && { shelf }),
    };
  }

  #view(key: string, stored: StoredRecord, nowMs: number) {
    const body = this.#records.body(key, nowMs);
    const ownerAlive = (this.#beats.get(stored.record.owner) ?? -Infinity) > nowMs;
    return body === undefined ? { stored, ownerAlive } : { stored, ownerAlive, body };
  }

  /** Journals changes that memory already has; takes them back when they were to be durable and cannot be. */
  #kept(
    changed: readonly RecordChanged[],
    durable: boolean,
    result: SwapResult,
    nowMs: number,
  ): Promise<SwapResult> {
    const entryOf = ({ key, after }: RecordChanged): Entry => this.#records.entry(key, after, nowMs);
    const entry: Entry = changed.length === 1 ? entryOf(changed[0]!) : ['together', changed.map(entryOf)];
    if (!durable) {
      this.#journal.note(entry);
      return Promise.resolve(result);
    }
    return this.#journal.append(entry).then(
      () => result,
      (error: unknown) => {
        for (const one of changed) this.#records.takeBack(one, nowMs);
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
