import type { Clock } from '../../ports/clock.js';
import { StoreUnavailable } from '../../ports/state-store.js';
import type {
  ClaimRequest,
  ClaimResult,
  DeadLetter,
  StateStore,
  StoredRecord,
  SwapRequest,
  SwapResult,
  SendWindow,
  WindowChange,
} from '../../ports/state-store.js';
import {
  closeWindow,
  EMPTY_LEDGER,
  openWindow,
  refundOne,
  spendOne,
  viewOf,
  type SendLedger,
} from '../../protocol/send-ledger.js';
import { DeadLetterBox } from './dead-letter-box.js';
import type { Entry, Journaled } from './entry.js';
import { ExpiringMap } from './expiring-map.js';
import type { Journal } from './journal.js';
import { expiryOf, isTerminal, RecordShapes } from './packed-record.js';
import type { FullRecord, PackedRecord } from './packed-record.js';

/** A value with its end. */
interface Lasting<V> {
  readonly value: V;
  readonly expiresAtMs: number;
}

const lasting = <V>() => new ExpiringMap<Lasting<V>>(({ expiresAtMs }) => expiresAtMs);

/** A record as it is handed from store to store. */
export interface KeptRecord {
  readonly key: string;
  readonly stored: StoredRecord;
  readonly expiresAtMs: number;
}

/**
 * The state of one process, in memory and in the journal.
 *
 * A fresh claim is in memory only: after a crash before the answer, WeChat's next try runs it afresh. From the
 * first settled change on, the journal has it: at once where the swap is `durable`, else within a few
 * milliseconds, like facts and guards. Dead letters are durable. Beats are not kept: after a start nobody who
 * worked before is alive.
 */
export class FileStateStore implements StateStore, Journaled {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #shapes = new RecordShapes();
  readonly #records = new ExpiringMap<PackedRecord | FullRecord>(expiryOf);
  readonly #bodies = lasting<string>();
  readonly #guards = lasting<string>();
  readonly #facts = lasting<string>();
  readonly #letters: DeadLetterBox;
  readonly #beats = new Map<string, number>();
  readonly #ledgers = new Map<string, SendLedger>();
  readonly #counted = new Map<string, number[]>();
  #closed = false;

  constructor(journal: Journal, clock: Clock, letters: DeadLetterBox) {
    this.#journal = journal;
    this.#clock = clock;
    this.#letters = letters;
  }

  claim(request: ClaimRequest): Promise<ClaimResult> {
    if (this.#closed) return Promise.reject(closed());
    const { key, owner, nowMs, keepMs, guard } = request;
    const expiresAtMs = nowMs + keepMs;
    if (guard !== undefined) {
      const used = this.#guards.get(guard.id, nowMs);
      if (used === undefined) {
        this.#guards.set(guard.id, { value: guard.use, expiresAtMs }, nowMs);
        this.#journal.note(['guard', guard.id, guard.use, expiresAtMs]);
      } else if (used.value !== guard.use) return Promise.resolve({ type: 'replayed' });
    }
    const known = this.#find(key, nowMs);
    if (known !== undefined)
      return Promise.resolve({ type: 'known', ...this.#view(key, known.stored, nowMs) });
    const stored: StoredRecord = { rev: 1, record: { state: 'running', owner, fence: 1, attempt: 1 } };
    const ranOut = this.#records.set(key, { stored, expiresAtMs, journaled: false }, nowMs);
    if (ranOut !== undefined) this.#bodies.delete(key);
    return Promise.resolve({ type: 'claimed', stored });
  }

  swap(request: SwapRequest): Promise<SwapResult> {
    if (this.#closed) return Promise.reject(closed());
    const { key, rev, next, nowMs, keepMs, body, durable } = request;
    const known = this.#find(key, nowMs);
    if (known === undefined || known.stored.rev !== rev)
      return Promise.resolve({ swapped: false, stored: known?.stored });

    if (next === undefined) {
      this.#drop(key);
      return this.#kept(
        known.journaled || durable ? ['no-record', key] : undefined,
        durable,
        undefined,
        () => {
          if (this.#find(key, nowMs) === undefined) this.#keep(key, withRev(known, rev + 1), nowMs);
        },
      );
    }
    const journaled = known.journaled || durable || next.state !== 'running';
    const full: FullRecord = {
      stored: { rev: rev + 1, record: next },
      expiresAtMs: nowMs + keepMs,
      journaled,
    };
    this.#keep(key, full, nowMs);
    if (body !== undefined)
      this.#bodies.set(key, { value: body.xml, expiresAtMs: nowMs + body.keepMs }, nowMs);
    const entry = journaled ? recordEntry(key, full, this.#bodies.get(key, nowMs)) : undefined;
    return this.#kept(entry, durable, full.stored, () => {
      // A new revision, so that whoever saw the change that failed loses too.
      if (this.#find(key, nowMs)?.stored.rev === rev + 1) this.#keep(key, withRev(known, rev + 2), nowMs);
    });
  }

  read(
    key: string,
    nowMs: number,
  ): Promise<{ stored: StoredRecord; ownerAlive: boolean; body?: string } | undefined> {
    if (this.#closed) return Promise.reject(closed());
    const known = this.#find(key, nowMs);
    return Promise.resolve(known && this.#view(key, known.stored, nowMs));
  }

  ahead(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  window({ sender, nowMs, change, opened }: WindowChange): Promise<SendWindow & { changed: boolean }> {
    if (this.#closed) return Promise.reject(closed());
    let ledger = this.#ledgers.get(sender) ?? EMPTY_LEDGER;
    if (opened !== undefined) ledger = openWindow(ledger, opened);
    const changed =
      change === 'spend'
        ? spendOne(ledger, nowMs)
        : change === 'refund'
          ? refundOne(ledger, nowMs)
          : change && closeWindow(nowMs);
    ledger = changed ?? ledger;
    this.#ledgers.set(sender, ledger);
    return Promise.resolve({ ...viewOf(ledger, nowMs), changed: changed !== undefined });
  }

  admit(request: { name: string; limit: number; perMs: number; nowMs: number }): Promise<boolean> {
    const { name, limit, perMs, nowMs } = request;
    const recent = (this.#counted.get(name) ?? []).filter((atMs) => atMs > nowMs - perMs);
    if (recent.length >= limit) return Promise.resolve(false);
    this.#counted.set(name, [...recent, nowMs]);
    return Promise.resolve(true);
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
  changeFact(change: {
    readonly name: string;
    readonly expected: string | undefined;
    readonly next: string | undefined;
    readonly nowMs: number;
    readonly keepMs: number;
  }): Promise<boolean> {
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

  /** Flushes; the journal itself is closed by who opened it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#journal.sync().catch(() => {}); // the journal has logged why
  }

  /** Every record whose work is not over. */
  *records(): Generator<KeptRecord> {
    for (const [key, kept] of this.#records.entries(this.#clock.now())) {
      if (typeof kept === 'number' || isTerminal(kept.stored.record)) continue;
      yield { key, stored: kept.stored, expiresAtMs: kept.expiresAtMs };
    }
  }

  /** Takes a record in as it is, whatever stood there. Resolves once it is durable. */
  async adopt({ key, stored, expiresAtMs }: KeptRecord): Promise<void> {
    if (this.#closed) throw closed();
    const full: FullRecord = { stored, expiresAtMs, journaled: true };
    this.#keep(key, full, this.#clock.now());
    await this.#journal.append(recordEntry(key, full)).catch(unavailable);
  }

  /** Drops a record that somebody else keeps now. */
  forget(key: string): void {
    if (!this.#drop(key)) return;
    this.#journal.note(['no-record', key]);
  }

  replay(entry: Entry): void {
    const nowMs = this.#clock.now();
    switch (entry[0]) {
      case 'record':
      case 'answer': {
        const [, key, expiresAtMs, rev, record] = entry;
        this.#drop(key);
        this.#keep(key, { stored: { rev, record }, expiresAtMs, journaled: true }, nowMs);
        if (entry[0] === 'answer') this.#bodies.set(key, { value: entry[5], expiresAtMs: entry[6] }, nowMs);
        return;
      }
      case 'no-record':
        this.#drop(entry[1]);
        return;
      case 'guard':
        this.#guards.set(entry[1], { value: entry[2], expiresAtMs: entry[3] }, nowMs);
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

  *live(): Generator<Entry> {
    const nowMs = this.#clock.now();
    for (const letter of this.#letters.oldestFirst()) yield ['letter', letter];
    for (const [name, { value, expiresAtMs }] of this.#facts.entries(nowMs))
      yield ['fact', name, value, expiresAtMs];
    for (const [id, { value, expiresAtMs }] of this.#guards.entries(nowMs))
      yield ['guard', id, value, expiresAtMs];
    for (const [key, kept] of this.#records.entries(nowMs)) {
      const full = typeof kept === 'number' ? this.#shapes.unpack(kept) : kept;
      if (full.journaled) yield recordEntry(key, full, this.#bodies.get(key, nowMs));
    }
  }

  #find(key: string, nowMs: number): FullRecord | undefined {
    const kept = this.#records.get(key, nowMs);
    return typeof kept === 'number' ? this.#shapes.unpack(kept) : kept;
  }

  #keep(key: string, full: FullRecord, nowMs: number): void {
    this.#records.set(key, this.#shapes.pack(full), nowMs);
  }

  #drop(key: string): boolean {
    this.#bodies.delete(key);
    return this.#records.delete(key);
  }

  #view(key: string, stored: StoredRecord, nowMs: number) {
    const body = this.#bodies.get(key, nowMs)?.value;
    const ownerAlive = (this.#beats.get(stored.record.owner) ?? -Infinity) > nowMs;
    return body === undefined ? { stored, ownerAlive } : { stored, ownerAlive, body };
  }

  /** Journals a change that memory already has; takes it back when it was to be durable and cannot be. */
  #kept(
    entry: Entry | undefined,
    durable: boolean,
    stored: StoredRecord | undefined,
    takeBack: () => void,
  ): Promise<SwapResult> {
    const result: SwapResult = { swapped: true, stored };
    if (!durable) {
      if (entry !== undefined) this.#journal.note(entry);
      return Promise.resolve(result);
    }
    return this.#journal.append(entry!).then(
      () => result,
      (error: unknown) => {
        takeBack();
        return unavailable(error);
      },
    );
  }
}

function recordEntry(key: string, full: FullRecord, body?: Lasting<string>): Entry {
  const { stored, expiresAtMs } = full;
  return body === undefined
    ? ['record', key, expiresAtMs, stored.rev, stored.record]
    : ['answer', key, expiresAtMs, stored.rev, stored.record, body.value, body.expiresAtMs];
}

function withRev(full: FullRecord, rev: number): FullRecord {
  return { ...full, stored: { rev, record: full.stored.record } };
}

function unavailable(cause: unknown): never {
  throw new StoreUnavailable('the journal could not be written; see the log for what its disk said', {
    cause,
  });
}

const closed = (): StoreUnavailable => new StoreUnavailable('the store is closed');
