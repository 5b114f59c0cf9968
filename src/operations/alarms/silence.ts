import type { Clock } from '../../ports/clock.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 7;
const HOURS_KEPT = DAYS * 24;
/** How much longer than the longest gap of before a silence has to be. */
const FACTOR = 3;

/** What is kept of an account: of each hour the longest time without a push that touched it. As stored. */
export interface SilenceHistory {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Hour since 1970 → longest gap in ms. */
  readonly gaps: readonly (readonly [hour: number, gapMs: number])[];
}

/**
 * Knows when it is silent for longer than it should be: three times the longest gap of the same hours of the last seven
 * days, `minMs` at least, and not before there is a day to compare with.
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

  /** A push came, to this process or, at `atMs`, to another. */
  heard(atMs = this.#clock.now()): void {
    const last = this.#lastAtMs;
    if (last === undefined) this.#firstAtMs = atMs;
    else if (atMs > last) this.#note(last, atMs);
    if (last === undefined || atMs > last) this.#lastAtMs = atMs;
  }

  /** How long it has been silent, in ms, where that is too long. */
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

  /** A gap counts for each hour that it touches. */
  #note(fromMs: number, toMs: number): void {
    const gapMs = toMs - fromMs;
    const last = Math.floor(toMs / HOUR_MS);
    const first = Math.max(Math.floor(fromMs / HOUR_MS), last - HOURS_KEPT);
    for (let hour = first; hour <= last; hour += 1)
      if (gapMs > (this.#gaps.get(hour) ?? 0)) this.#gaps.set(hour, gapMs);
    for (const hour of this.#gaps.keys()) if (hour < last - HOURS_KEPT) this.#gaps.delete(hour);
  }

  /** The longest gap of the last seven days in the hours of the day that the present silence has touched. */
  #longestBefore(nowMs: number): number {
    const lastHour = Math.floor(nowMs / HOUR_MS);
    const firstHour = Math.max(Math.floor((this.#lastAtMs ?? nowMs) / HOUR_MS), lastHour - 23);
    let longestMs = 0;
    for (let hour = firstHour; hour <= lastHour; hour += 1)
      for (let day = 0; day <= DAYS; day += 1)
        longestMs = Math.max(longestMs, this.#gaps.get(hour - 24 * day) ?? 0);
    return longestMs;
  }
}
