import { LANE_ENTRY_TTL_MS, type Place, type LanePlacement } from '../../ports/state-store.js';
import { IncrementalSweep } from './incremental-sweep.js';

/** The place of a record for its sender: one object until the record has no place (`none`). */
export interface LaneEntry {
  readonly key: string;
  readonly sender: string;
  /** The time of the claim, or the sender's highest rank plus one if that is greater. Kept when the place changes. */
  readonly rank: number;
  place: Place;
  /** True if the record itself is in another store. */
  readonly isMirror: boolean;
}

/**
 * Holds lanes and mailboxes: for each sender a list of entries, lowest rank first. Nearly all lists have one entry, for
 * a moment.
 */
export class Lanes {
  readonly #rows = new Map<string, LaneEntry[]>();
  readonly #lives: (key: string, nowMs: number) => boolean;
  readonly #sweep: IncrementalSweep<LaneEntry[]>;

  /** @param lives  true if the record exists: an expired one delays no other */
  constructor(lives: (key: string, nowMs: number) => boolean) {
    this.#lives = lives;
    this.#sweep = new IncrementalSweep(
      this.#rows,
      (row, nowMs) => !row.some((laneEntry) => this.#counts(laneEntry, nowMs)),
    );
  }

  /** Adds a new record behind all others of its sender. A record that had a mirror keeps its rank. */
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

  /** Moves a record to its new place. Returns its lane entry, if it still has one. */
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

  /** Inserts an entry into its list, by rank. */
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

  /** Returns the next entry in the lane behind one that has just left it. */
  successor({ sender, rank }: LaneEntry, nowMs: number): LaneEntry | undefined {
    const row = this.#rows.get(sender);
    return row?.find(
      (laneEntry) => laneEntry.rank > rank && laneEntry.place === 'lane' && this.#counts(laneEntry, nowMs),
    );
  }

  /** Returns the oldest entries of the sender's mailbox. */
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
