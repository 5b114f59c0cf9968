import { LANE_FORGETS_MS, type Place, type Standing } from '../../ports/state-store.js';
import { RollingSweep } from './rolling-sweep.js';

/** Where a record stands for its sender. One object for as long as it stands anywhere; `none`: it has left. */
export interface Seat {
  readonly key: string;
  readonly sender: string;
  /** The moment of the claim, or one more than the sender's highest where that is not later. Kept from place to place. */
  readonly rank: number;
  place: Place;
  /** The record itself is kept in another store. */
  readonly elsewhere: boolean;
}

/**
 * Lanes and shelves: for each sender one row of seats, lowest rank first. Nearly all rows are of one seat, for a
 * moment.
 */
export class Lanes {
  readonly #rows = new Map<string, Seat[]>();
  readonly #lives: (key: string, nowMs: number) => boolean;
  readonly #sweep: RollingSweep<Seat[]>;

  /** @param lives  whether there is such a record: what has run out holds nobody up */
  constructor(lives: (key: string, nowMs: number) => boolean) {
    this.#lives = lives;
    this.#sweep = new RollingSweep(
      this.#rows,
      (row, nowMs) => !row.some((seat) => this.#counts(seat, nowMs)),
    );
  }

  /** A new record goes behind all of its sender; where it stood here for another store, it keeps that rank. */
  enter(sender: string, key: string, nowMs: number, elsewhere = false): Seat {
    this.#sweep.step(nowMs);
    const row = this.#rows.get(sender);
    if (row === undefined) {
      const seat: Seat = { key, sender, rank: nowMs, place: 'lane', elsewhere };
      this.#rows.set(sender, [seat]);
      return seat;
    }
    const before = row.find((seat) => seat.key === key);
    let rank = before?.elsewhere && !elsewhere ? before.rank : undefined;
    if (before !== undefined) this.leave(before);
    const stale = row.filter((seat) => seat.place === 'lane' && seat.rank <= nowMs - LANE_FORGETS_MS);
    for (const seat of stale) this.leave(seat);
    rank ??= Math.max(nowMs, (row.at(-1)?.rank ?? -Infinity) + 1);
    const seat: Seat = { key, sender, rank, place: 'lane', elsewhere };
    this.take(seat);
    return seat;
  }

  /** Lets a record stand where it is to stand from now on. Out: its seat, if it has one then. */
  stand(known: Seat | undefined, key: string, { key: sender, place, sinceMs }: Standing, nowMs: number) {
    const seat = known?.place === 'none' ? undefined : known;
    if (place === 'none') {
      if (seat !== undefined) this.leave(seat);
      return undefined;
    }
    if (seat !== undefined) {
      seat.place = place;
      return seat;
    }
    const highest = this.#rows.get(sender)?.at(-1)?.rank ?? -Infinity;
    const rank = sinceMs ?? Math.max(nowMs, highest + 1);
    const taken: Seat = { key, sender, rank, place, elsewhere: false };
    this.take(taken);
    return taken;
  }

  /** Puts a seat into its row, by its rank. */
  take(seat: Seat): void {
    const row = this.#rows.get(seat.sender);
    if (row === undefined) {
      this.#rows.set(seat.sender, [seat]);
      return;
    }
    let at = row.length;
    while (at > 0 && row[at - 1]!.rank > seat.rank) at -= 1;
    row.splice(at, 0, seat);
  }

  leave(seat: Seat): void {
    seat.place = 'none';
    const row = this.#rows.get(seat.sender);
    const at = row?.indexOf(seat) ?? -1;
    if (row === undefined || at < 0) return;
    if (row.length === 1) this.#rows.delete(seat.sender);
    else row.splice(at, 1);
  }

  find(sender: string, key: string): Seat | undefined {
    return this.#rows.get(sender)?.find((seat) => seat.key === key);
  }

  ahead(sender: string, key: string, nowMs: number): Seat | undefined {
    const row = this.#rows.get(sender);
    if (row === undefined) return undefined;
    const own = row.findIndex((seat) => seat.key === key && seat.place === 'lane');
    for (let at = own - 1; at >= 0; at -= 1)
      if (row[at]!.place === 'lane' && this.#counts(row[at]!, nowMs)) return row[at];
    return undefined;
  }

  /** The next in the lane behind a seat that has just left it. */
  behind({ sender, rank }: Seat, nowMs: number): Seat | undefined {
    const row = this.#rows.get(sender);
    return row?.find((seat) => seat.rank > rank && seat.place === 'lane' && this.#counts(seat, nowMs));
  }

  /** The oldest on the sender's shelf. */
  shelf(sender: string, limit: number, nowMs: number): Seat[] {
    const found: Seat[] = [];
    for (const seat of this.#rows.get(sender) ?? []) {
      if (found.length === limit) break;
      if (seat.place === 'shelf' && this.#counts(seat, nowMs)) found.push(seat);
    }
    return found;
  }

  #counts(seat: Seat, nowMs: number): boolean {
    return seat.elsewhere ? seat.rank > nowMs - LANE_FORGETS_MS : this.#lives(seat.key, nowMs);
  }
}
