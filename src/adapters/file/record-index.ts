import type { LanePlacement, StoredRecord, PushRecord } from '../../ports/state-store.js';
import type { Entry } from './entry.js';
import { ExpiringMap } from './expiring-map.js';
import { Lanes, type LaneEntry } from './lanes.js';
import { isStoredTerminal } from '../../push-record/codec.js';
import { expiryOf, RecordShapes } from './packed-record.js';
import type { FullRecord, PackedRecord } from './packed-record.js';

interface Body {
  readonly xml: string;
  readonly expiresAtMs: number;
}

/** A requested change. */
export interface RecordChange {
  readonly key: string;
  readonly next: PushRecord;
  readonly expiresAtMs: number;
  readonly journaled: boolean;
  readonly sender: LanePlacement | undefined;
}

/** A change that was made, with the data to revert it. */
export interface RecordChanged {
  readonly key: string;
  readonly before: FullRecord;
  readonly placeBefore: LaneEntry['place'];
  readonly after: FullRecord;
}

/** Holds all records in memory, with their stored replies and their places. */
export class RecordIndex {
  readonly #shapes = new RecordShapes();
  readonly #records = new ExpiringMap<PackedRecord | FullRecord>(expiryOf);
  readonly #bodies = new ExpiringMap<Body>(({ expiresAtMs }) => expiresAtMs);
  readonly lanes = new Lanes((key, nowMs) => this.#records.get(key, nowMs) !== undefined);

  find(key: string, nowMs: number): FullRecord | undefined {
    const kept = this.#records.get(key, nowMs);
    return typeof kept === 'number' ? this.#shapes.unpack(kept) : kept;
  }

  body(key: string, nowMs: number): string | undefined {
    return this.#bodies.get(key, nowMs)?.xml;
  }

  /** Adds a new record. */
  begin(key: string, stored: StoredRecord, expiresAtMs: number, sender: string | undefined, nowMs: number) {
    const laneEntry = sender === undefined ? undefined : this.lanes.enter(sender, key, nowMs);
    const ranOut = this.#records.set(key, { stored, expiresAtMs, journaled: false, laneEntry }, nowMs);
    if (ranOut === undefined) return;
    this.#bodies.delete(key);
    if (typeof ranOut === 'object' && ranOut.laneEntry !== undefined) this.lanes.leave(ranOut.laneEntry);
  }

  change(before: FullRecord, change: RecordChange, nowMs: number): RecordChanged {
    const { key, next, expiresAtMs, journaled, sender } = change;
    const placeBefore = before.laneEntry?.place ?? 'none';
    const laneEntry =
      sender === undefined
        ? placeBefore === 'none'
          ? undefined
          : before.laneEntry
        : this.lanes.place(before.laneEntry, key, sender, nowMs);
    const after = { stored: { rev: before.stored.rev + 1, record: next }, expiresAtMs, journaled, laneEntry };
    this.keep(key, after, nowMs);
    return { key, before, placeBefore, after };
  }

  remember(key: string, xml: string, expiresAtMs: number, nowMs: number): void {
    this.#bodies.set(key, { xml, expiresAtMs }, nowMs);
  }

  /** Reverts a change under a new revision, so that a swap based on the change fails, too. */
  revert({ key, before, placeBefore, after }: RecordChanged, nowMs: number): void {
    if (this.find(key, nowMs)?.stored.rev !== after.stored.rev) return;
    if (after.laneEntry !== undefined && after.laneEntry !== before.laneEntry)
      this.lanes.leave(after.laneEntry);
    if (before.laneEntry !== undefined && placeBefore !== 'none') {
      this.lanes.leave(before.laneEntry);
      before.laneEntry.place = placeBefore;
      this.lanes.insert(before.laneEntry);
    }
    this.keep(key, { ...before, stored: { rev: after.stored.rev + 1, record: before.stored.record } }, nowMs);
  }

  keep(key: string, full: FullRecord, nowMs: number): void {
    this.#records.set(key, this.#shapes.pack(full), nowMs);
  }

  drop(key: string): boolean {
    this.#bodies.delete(key);
    const kept = this.#records.get(key, -Infinity); // also an expired one
    if (typeof kept === 'object' && kept.laneEntry !== undefined) this.lanes.leave(kept.laneEntry);
    return this.#records.delete(key);
  }

  /** Deletes expired records and replies, `limit` of each at most. Returns whether more may be left. */
  sweep(nowMs: number, limit: number): boolean {
    const isMoreLeft = this.#bodies.sweep(nowMs, limit);
    return this.#records.sweep(nowMs, limit) || isMoreLeft;
  }

  /** True if there is no record, not even an expired one. */
  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** Yields records that are unfinished or have a place. */
  *unfinished(nowMs: number): Generator<[key: string, full: FullRecord]> {
    for (const [key, kept] of this.#records.entries(nowMs)) {
      if (typeof kept === 'number' || (isStoredTerminal(kept.stored.record) && kept.laneEntry === undefined))
        continue;
      yield [key, kept];
    }
  }

  replay(entry: Entry & readonly ['record' | 'answer', ...unknown[]], nowMs: number): void {
    const [, key, expiresAtMs, rev, record] = entry;
    const place = entry[0] === 'record' ? entry[5] : entry[7];
    this.drop(key);
    let laneEntry: LaneEntry | undefined;
    if (place !== undefined) {
      laneEntry = { key, sender: place[0], place: place[1], rank: place[2], isMirror: false };
      this.lanes.insert(laneEntry);
    }
    this.keep(key, { stored: { rev, record }, expiresAtMs, journaled: true, laneEntry }, nowMs);
    if (entry[0] === 'answer') this.remember(key, entry[5], entry[6], nowMs);
  }

  entry(key: string, { stored, expiresAtMs, laneEntry }: FullRecord, nowMs: number): Entry {
    const { rev, record } = stored;
    const body = this.#bodies.get(key, nowMs);
    if (laneEntry === undefined || laneEntry.place === 'none')
      return body === undefined
        ? ['record', key, expiresAtMs, rev, record]
        : ['answer', key, expiresAtMs, rev, record, body.xml, body.expiresAtMs];
    const place = [laneEntry.sender, laneEntry.place, laneEntry.rank] as const;
    return body === undefined
      ? ['record', key, expiresAtMs, rev, record, place]
      : ['answer', key, expiresAtMs, rev, record, body.xml, body.expiresAtMs, place];
  }

  *snapshot(nowMs: number): Generator<Entry> {
    for (const [key, kept] of this.#records.entries(nowMs)) {
      const full = typeof kept === 'number' ? this.#shapes.unpack(kept) : kept;
      if (full.journaled) yield this.entry(key, full, nowMs);
    }
  }
}
