/** Stores small values with a TTL: a token, a lock, a learned setting. */
export interface KeyValueStore {
  /** Returns a value; `undefined` if it is absent or expired. */
  get(name: string, nowMs: number): Promise<string | undefined>;
  /**
   * Changes a value from `expected` (`undefined`: absent or expired) to `next` (`undefined`: removed). True for exactly
   * one of several callers with the same expectation: locks and tokens depend on this.
   */
  compareAndSet(change: {
    readonly name: string;
    readonly expected: string | undefined;
    readonly next: string | undefined;
    readonly nowMs: number;
    readonly ttlMs: number;
  }): Promise<boolean>;
}
