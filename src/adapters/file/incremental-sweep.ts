/** Entries checked with each step: few, so that the cost is negligible. */
const BATCH = 2;
/** Below this size no sweep is needed. */
const MIN_SIZE = 4_096;

/**
 * Deletes expired entries of a large map, a few with each step, in endless rounds. For maps whose expiries are often
 * prolonged, so that an index by expiry would cost more.
 */
export class IncrementalSweep<V> {
  readonly #map: Map<string, V>;
  readonly #isOver: (value: V, nowMs: number) => boolean;
  /** Open only while the map is large: an iterator that rests keeps what the map had when it last grew or shrank. */
  #round: Iterator<[string, V]> | undefined;

  constructor(map: Map<string, V>, isOver: (value: V, nowMs: number) => boolean) {
    this.#map = map;
    this.#isOver = isOver;
  }

  step(nowMs: number): void {
    if (this.#map.size < MIN_SIZE) {
      this.#round = undefined;
      return;
    }
    this.#round ??= this.#map.entries();
    for (let looked = 0; looked < BATCH; looked += 1) {
      const { done, value } = this.#round.next();
      if (done) {
        this.#round = undefined;
        return;
      }
      if (this.#isOver(value[1], nowMs)) this.#map.delete(value[0]);
    }
  }
}
