/** Keys of one slice of time are deleted together. An expired value may occupy memory for this much longer. */
const SLICE_MS = 8192;
/** More than the one key that a `set` adds, so that the deletion keeps up. */
const SWEPT_PER_SET = 4;

/**
 * A map whose values expire. It never returns an expired value. Each `set` deletes a few expired keys, so no call pays
 * for all of them; while nothing is set, `sweep` does.
 */
export class ExpiringMap<V> {
  readonly #values = new Map<string, V>();
  readonly #expiryOf: (value: V) => number;
  /** Keys by the slice of time in which they expire. A prolonged key stays in its old slice, too. */
  readonly #keysBySlice = new Map<number, string[]>();
  /** The slices of `#keysBySlice`, ascending. */
  readonly #slices: number[] = [];
  /** The last key of a `get`: it is nearly always set next. */
  #lookedUp = '';
  #found: V | undefined;

  /** @param expiryOf  returns the expiry of a value, Unix ms */
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

  /** @returns the value before, even an expired one */
  set(key: string, value: V, nowMs: number): V | undefined {
    const known = key === this.#lookedUp ? this.#found : this.#lookUp(key);
    const slice = sliceOf(this.#expiryOf(value));
    if (known === undefined || sliceOf(this.#expiryOf(known)) !== slice) this.#file(key, slice);
    this.#values.set(key, value);
    this.#found = value;
    this.sweep(nowMs, SWEPT_PER_SET);
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
    // Time moves forward and TTLs are similar, so the position is at or near the end.
    let place = this.#slices.length;
    while (place > 0 && this.#slices[place - 1]! > slice) place -= 1;
    this.#slices.splice(place, 0, slice);
  }

  /** Deletes expired keys, `limit` of them at most. Returns whether it reached the limit, so that more may be left. */
  sweep(nowMs: number, limit: number): boolean {
    for (let swept = 0; swept < limit; swept += 1) {
      const slice = this.#slices[0];
      if (slice === undefined || (slice + 1) * SLICE_MS > nowMs) return false;
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
    return true;
  }
}

const sliceOf = (expiresAtMs: number): number => Math.floor(expiresAtMs / SLICE_MS);
