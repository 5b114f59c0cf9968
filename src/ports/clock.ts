/** Time, as the program sees it. Tests hand in one that they move by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls `run` once, `delayMs` from now. Returns its cancellation, which may be called any number of times.
   * `background` timers do not keep a process alive.
   */
  schedule(delayMs: number, run: () => void, options?: { background?: boolean }): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run, options) {
    const timer = setTimeout(run, delayMs);
    if (options?.background === true) timer.unref();
    return () => clearTimeout(timer);
  },
};
