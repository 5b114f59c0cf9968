/** So few are looked at with each step that nobody notices. */
const BATCH = 2;
/** Fewer entries may lie about. */
const MIN_SIZE = 4_096;

/**
 * Forgets what is over: looks at a few entries of a large map with each step, round and round. For maps in which the
 * ends of most entries are put off again and again, so that filing them by their end would cost more.
 */
export class IncrementalSweep<V> {
  readonly #map: Map<string, V>;
  readonly #isOver: (value: V, nowMs: number) => boolean;
  #round: Iterator<[string, V]>;

  constructor(map: Map<string, V>, isOver: (value: V, nowMs: number) => boolean) {
    this.#map = map;
    this.#isOver = isOver;
    this.#round = map.entries();
  }

  step(nowMs: number): void {
    if (this.#map.size < MIN_SIZE) return;
    for (let looked = 0; looked < BATCH; looked += 1) {
      const { done, value } = this.#round.next();
      if (done) {
        this.#round = this.#map.entries();
        return;
      }
      if (this.#isOver(value[1], nowMs)) this.#map.delete(value[0]);
    }
  }
}
