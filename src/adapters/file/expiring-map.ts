/** Keys of one slice of time are forgotten together; a value may outlive its time by this much, unseen. */
const SLICE_MS = 8192;
/** More than the one key that a `set` adds, so that forgetting keeps up. */
const SWEPT_PER_SET = 4;

/**
 * A map whose values expire. What has expired is never handed out; its memory is given back a few keys at a
 * time with each `set`, so no call ever pays for all of them.
 */
export class ExpiringMap<V> {
  readonly #values = new Map<string, V>();
  readonly #expiryOf: (value: V) => number;
  /** Keys by the slice of time in which they expire; a key that was prolonged stands in its old slice too. */
  readonly #keysBySlice = new Map<number, string[]>();
  /** The slices above, ascending. */
  readonly #slices: number[] = [];
  /** What was looked up last, as it nearly always is what is set next. */
  #lookedUp = '';
  #found: V | undefined;

  /** @param expiryOf  when the value expires, ms since 1970 */
  constructor(expiryOf: (value: V) => number) {
    this.#expiryOf = expiryOf;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string, nowMs: number): V | undefined {
    const value = this.#lookUp(key);
    return value !== undefined && this.#expiryOf(value) > nowMs ? value : undefined;
  }

  /** @returns the value before, even one that had expired */
  set(key: string, value: V, nowMs: number): V | undefined {
    const known = key === this.#lookedUp ? this.#found : this.#lookUp(key);
    const slice = sliceOf(this.#expiryOf(value));
    if (known === undefined || sliceOf(this.#expiryOf(known)) !== slice) this.#file(key, slice);
    this.#values.set(key, value);
    this.#found = value;
    this.#sweep(nowMs);
    return known;
  }

  delete(key: string): boolean {
    if (key === this.#lookedUp) this.#found = undefined;
    return this.#values.delete(key);
  }

  *entries(nowMs: number): Generator<[string, V]> {
    for (const entry of this.#values) if (this.#expiryOf(entry[1]) > nowMs) yield entry;
  }

  #lookUp(key: string): V | undefined {
    this.#lookedUp = key;
    return (this.#found = this.#values.get(key));
  }

  #file(key: string, slice: number): void {
    const keys = this.#keysBySlice.get(slice);
    if (keys !== undefined) {
      keys.push(key);
      return;
    }
    this.#keysBySlice.set(slice, [key]);
    // Time moves forward and lifetimes are alike: the place is at the end or close to it.
    let place = this.#slices.length;
    while (place > 0 && this.#slices[place - 1]! > slice) place -= 1;
    this.#slices.splice(place, 0, slice);
  }

  #sweep(nowMs: number): void {
    for (let swept = 0; swept < SWEPT_PER_SET; swept += 1) {
      const slice = this.#slices[0];
      if (slice === undefined || (slice + 1) * SLICE_MS > nowMs) return;
      const keys = this.#keysBySlice.get(slice)!;
      const key = keys.pop();
      if (key === undefined) {
        this.#keysBySlice.delete(slice);
        this.#slices.shift();
        continue;
      }
      const value = this.#values.get(key);
      if (value !== undefined && this.#expiryOf(value) <= nowMs) this.delete(key);
    }
  }
}

const sliceOf = (expiresAtMs: number): number => Math.floor(expiresAtMs / SLICE_MS);
