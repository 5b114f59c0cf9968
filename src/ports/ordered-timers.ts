import type { Clock } from './clock.js';

interface Waiting {
  readonly dueAtMs: number;
  readonly run: () => void;
}

/**
 * Serves many timers with one timer of the clock. Made for deadlines, which fall due in about the order of scheduling
 * and are nearly all cancelled. A clock timer for each push would cost as much as a read of the store.
 */
export class OrderedTimers {
  readonly #clock: Clock;
  readonly #bind: (run: () => void) => () => void;
  /** In order of due time. */
  readonly #waiting = new Set<Waiting>();
  /** The latest due time so far. The clock's timer is armed for this time or an earlier one, even if nothing waits. */
  #lastDueAtMs = Number.NEGATIVE_INFINITY;
  /** True while the clock's timer is armed or due timers run. */
  #isArmed = false;

  /** @param bind  binds `run` to the async context of its caller. Default: no context. */
  constructor(clock: Clock, bind: (run: () => void) => () => void = (run) => run) {
    this.#clock = clock;
    this.#bind = bind;
  }

  /** Calls `run` once, at `dueAtMs` by the clock. Returns its cancellation. Does not keep the process alive. */
  schedule(dueAtMs: number, run: () => void): () => void {
    // Rare: a timer that was scheduled late, or is due before those already waiting.
    if (dueAtMs < this.#lastDueAtMs) return this.#onClock(dueAtMs, run);
    const waiting: Waiting = { dueAtMs, run: this.#bind(run) };
    this.#waiting.add(waiting);
    this.#lastDueAtMs = dueAtMs;
    if (!this.#isArmed) this.#arm(dueAtMs);
    return () => this.#waiting.delete(waiting);
  }

  #arm(dueAtMs: number): void {
    this.#isArmed = true;
    this.#onClock(dueAtMs, () => this.#runDue(dueAtMs));
  }

  #onClock(dueAtMs: number, run: () => void): () => void {
    const delayMs = Math.max(0, dueAtMs - this.#clock.now());
    return this.#clock.schedule(delayMs, run, { background: true });
  }

  /**
   * @param reachedMs  the time for which the clock's timer was armed: reached, even if the clock was set back meanwhile
   */
  #runDue(reachedMs: number): void {
    const untilMs = Math.max(reachedMs, this.#clock.now());
    try {
      for (const waiting of this.#waiting) {
        if (waiting.dueAtMs > untilMs) return;
        this.#waiting.delete(waiting);
        waiting.run();
      }
    } finally {
      // Arms the timer even if a callback threw, because the others still wait.
      const [next] = this.#waiting;
      if (next === undefined) this.#isArmed = false;
      else this.#arm(next.dueAtMs);
    }
  }
}
