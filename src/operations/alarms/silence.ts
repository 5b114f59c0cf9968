import type { Clock } from '../../ports/clock.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 7;
/** Adjacent hours count, too, because traffic shifts from day to day. */
const NEIGHBOUR_HOURS = 1;
const HOURS_KEPT = DAYS * 24;
/** Factor over the longest earlier gap from which a silence is an alarm. */
const FACTOR = 3;

/** Stored history of an account: for each hour, the longest gap between pushes that overlaps it. */
export interface SilenceHistory {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Longest gap in ms by hour since 1970. */
  readonly gaps: readonly (readonly [hour: number, gapMs: number])[];
}

/**
 * Detects an unusual silence: three times the longest gap in the same hours of the last seven days, at least `minMs`,
 * and only after a day of history.
 */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #minMs: number;
  readonly #gaps = new Map<number, number>();
  #firstAtMs: number | undefined;
  #lastAtMs: number | undefined;

  constructor(clock: Clock, minMs: number, history?: SilenceHistory) {
    this.#clock = clock;
    this.#minMs = minMs;
    if (history === undefined) return;
    this.#firstAtMs = history.firstAtMs;
    this.#lastAtMs = history.lastAtMs;
    for (const [hour, gapMs] of history.gaps) this.#gaps.set(hour, gapMs);
  }

  /** Records a push of this process, or of another one at `atMs`. */
  heard(atMs = this.#clock.now()): void {
    const last = this.#lastAtMs;
    if (last === undefined) this.#firstAtMs = atMs;
    else if (atMs > last) this.#note(last, atMs);
    if (last === undefined || atMs > last) this.#lastAtMs = atMs;
  }

  /** Returns the duration of the silence in ms if it is too long. */
  tooLongMs(): number | undefined {
    if (this.#firstAtMs === undefined || this.#lastAtMs === undefined) return undefined;
    const nowMs = this.#clock.now();
    const silentMs = nowMs - this.#lastAtMs;
    if (nowMs - this.#firstAtMs < DAY_MS || silentMs < this.#minMs) return undefined;
    return silentMs >= Math.max(this.#minMs, FACTOR * this.#longestBefore(nowMs)) ? silentMs : undefined;
  }

  history(): SilenceHistory | undefined {
    if (this.#firstAtMs === undefined || this.#lastAtMs === undefined) return undefined;
    return { firstAtMs: this.#firstAtMs, lastAtMs: this.#lastAtMs, gaps: [...this.#gaps] };
  }

  /** Records a gap for each hour that it overlaps. */
  #note(fromMs: number, toMs: number): void {
    const gapMs = toMs - fromMs;
    const last = Math.floor(toMs / HOUR_MS);
    const first = Math.max(Math.floor(fromMs / HOUR_MS), last - HOURS_KEPT);
    const isNewHour = !this.#gaps.has(last);
    for (let hour = first; hour <= last; hour += 1)
      if (gapMs > (this.#gaps.get(hour) ?? -1)) this.#gaps.set(hour, gapMs);
    if (!isNewHour) return;
    for (const hour of this.#gaps.keys()) if (hour < last - HOURS_KEPT) this.#gaps.delete(hour);
  }

  /** Returns the longest gap of the last seven days in the hours of the present silence and the adjacent ones. */
  #longestBefore(nowMs: number): number {
    const lastHour = Math.floor(nowMs / HOUR_MS);
    const firstHour = Math.max(Math.floor((this.#lastAtMs ?? nowMs) / HOUR_MS), lastHour - 23);
    let longestMs = 0;
    for (let hour = firstHour - NEIGHBOUR_HOURS; hour <= lastHour + NEIGHBOUR_HOURS; hour += 1)
      for (let day = 0; day <= DAYS; day += 1)
        longestMs = Math.max(longestMs, this.#gaps.get(hour - 24 * day) ?? 0);
    return longestMs;
  }
}
