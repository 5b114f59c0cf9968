/** Ratio between the ends of two buckets, which is the precision of a percentile. */
const RATIO = 1.1;
const LOG_RATIO = Math.log(RATIO);
/** The last bucket ends at about a minute and also counts longer durations. */
const BUCKETS = 117;

/** Counts durations in buckets, with constant memory and cost of a reading. */
export class TimeHistogram {
  readonly #counts = new Uint32Array(BUCKETS);

  add(ms: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.ceil(Math.log(ms) / LOG_RATIO)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  addAll(other: TimeHistogram): void {
    other.#counts.forEach((count, bucket) => {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    });
  }

  clear(): void {
    this.#counts.fill(0);
  }

  /**
   * Returns the percentile for `part` (0 to 1) in ms, at most a tenth too long. `undefined`: there are no durations.
   */
  percentile(part: number): number | undefined {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return undefined;
    let left = Math.ceil(part * total);
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0);
    return Math.round(RATIO ** bucket);
  }
}
