import { LANE_ENTRY_TTL_MS, type Place, type LanePlacement } from '../../ports/state-store.js';
import { IncrementalSweep } from './incremental-sweep.js';

/** Where a record stands for its sender. One object for as long as it stands anywhere; `none`: it has left. */
export interface LaneEntry {
  readonly key: string;
  readonly sender: string;
  /** The moment of the claim, or one more than the sender's highest where that is not later. Kept from place to place. */
  readonly rank: number;
  place: Place;
  /** The record itself is kept in another store. */
  readonly isMirror: boolean;
}

/**
 * Lanes and mailboxes: for each sender one row of seats, lowest rank first. Nearly all rows are of one seat, for a
 * moment.
 */
export class Lanes {
  readonly #rows = new Map<string, LaneEntry[]>();
  readonly #lives: (key: string, nowMs: number) => boolean;
  readonly #sweep: IncrementalSweep<LaneEntry[]>;

  /** @param lives  whether there is such a record: what has run out holds nobody up */
  constructor(lives: (key: string, nowMs: number) => boolean) {
    this.#lives = lives;
    this.#sweep = new IncrementalSweep(
      this.#rows,
      (row, nowMs) => !row.some((laneEntry) => this.#counts(laneEntry, nowMs)),
    );
  }

  /** A new record goes behind all of its sender; where it stood here for another store, it keeps that rank. */
  enter(sender: string, key: string, nowMs: number, isMirror = false): LaneEntry {
    this.#sweep.step(nowMs);
    const row = this.#rows.get(sender);
    if (row === undefined) {
      const laneEntry: LaneEntry = { key, sender, rank: nowMs, place: 'lane', isMirror };
      this.#rows.set(sender, [laneEntry]);
      return laneEntry;
    }
    const before = row.find((laneEntry) => laneEntry.key === key);
    let rank = before?.isMirror && !isMirror ? before.rank : undefined;
    if (before !== undefined) this.leave(before);
    const stale = row.filter(
      (laneEntry) => laneEntry.place === 'lane' && laneEntry.rank <= nowMs - LANE_ENTRY_TTL_MS,
    );
    for (const laneEntry of stale) this.leave(laneEntry);
    rank ??= Math.max(nowMs, (row.at(-1)?.rank ?? -Infinity) + 1);
    const laneEntry: LaneEntry = { key, sender, rank, place: 'lane', isMirror };
    this.insert(laneEntry);
    return laneEntry;
  }

  /** Lets a record stand where it is to stand from now on. Out: its seat, if it has one then. */
  place(
    known: LaneEntry | undefined,
    key: string,
    { key: sender, place, sinceMs }: LanePlacement,
    nowMs: number,
  ) {
    const laneEntry = known?.place === 'none' ? undefined : known;
    if (place === 'none') {
      if (laneEntry !== undefined) this.leave(laneEntry);
      return undefined;
    }
    if (laneEntry !== undefined) {
      laneEntry.place = place;
      return laneEntry;
    }
    const highest = this.#rows.get(sender)?.at(-1)?.rank ?? -Infinity;
    const rank = sinceMs ?? Math.max(nowMs, highest + 1);
    const taken: LaneEntry = { key, sender, rank, place, isMirror: false };
    this.insert(taken);
    return taken;
  }

  /** Puts a seat into its row, by its rank. */
  insert(laneEntry: LaneEntry): void {
    const row = this.#rows.get(laneEntry.sender);
    if (row === undefined) {
      this.#rows.set(laneEntry.sender, [laneEntry]);
      return;
    }
    let at = row.length;
    while (at > 0 && row[at - 1]!.rank > laneEntry.rank) at -= 1;
    row.splice(at, 0, laneEntry);
  }

  leave(laneEntry: LaneEntry): void {
    laneEntry.place = 'none';
    const row = this.#rows.get(laneEntry.sender);
    const at = row?.indexOf(laneEntry) ?? -1;
    if (row === undefined || at < 0) return;
    if (row.length === 1) this.#rows.delete(laneEntry.sender);
    else row.splice(at, 1);
  }

  find(sender: string, key: string): LaneEntry | undefined {
    return this.#rows.get(sender)?.find((laneEntry) => laneEntry.key === key);
  }

  predecessor(sender: string, key: string, nowMs: number): LaneEntry | undefined {
    const row = this.#rows.get(sender);
    if (row === undefined) return undefined;
    const own = row.findIndex((laneEntry) => laneEntry.key === key && laneEntry.place === 'lane');
    for (let at = own - 1; at >= 0; at -= 1)
      if (row[at]!.place === 'lane' && this.#counts(row[at]!, nowMs)) return row[at];
    return undefined;
  }

  /** The next in the lane behind a seat that has just left it. */
  successor({ sender, rank }: LaneEntry, nowMs: number): LaneEntry | undefined {
    const row = this.#rows.get(sender);
    return row?.find(
      (laneEntry) => laneEntry.rank > rank && laneEntry.place === 'lane' && this.#counts(laneEntry, nowMs),
    );
  }

  /** The oldest in the sender's mailbox. */
  mailbox(sender: string, limit: number, nowMs: number): LaneEntry[] {
    const found: LaneEntry[] = [];
    for (const laneEntry of this.#rows.get(sender) ?? []) {
      if (found.length === limit) break;
      if (laneEntry.place === 'mailbox' && this.#counts(laneEntry, nowMs)) found.push(laneEntry);
    }
    return found;
  }

  #counts(laneEntry: LaneEntry, nowMs: number): boolean {
    return laneEntry.isMirror
      ? laneEntry.rank > nowMs - LANE_ENTRY_TTL_MS
      : this.#lives(laneEntry.key, nowMs);
  }
}
