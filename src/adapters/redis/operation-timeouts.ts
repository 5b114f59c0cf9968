import { afterReading, countedMs, nextTickMs } from '../../ports/timeout.js';

interface Waiting {
  /** Due time in counted ms. */
  readonly dueMs: number;
  readonly expire: () => void;
}

/**
 * Applies the same timeout to every operation; time in which the event loop is blocked counts for little. All share one
 * timer: a timer per operation would cost more than the rest of its bookkeeping.
 */
export class OperationTimeouts {
  private readonly timeoutMs: number;
  /** In order of due time, because all have the same timeout. */
  private readonly waiting = new Set<Waiting>();
  private ticking = false;
  /** Counted time up to the last tick. */
  private countedMs = 0;
  private lookedAtMs = 0;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /**
   * Settles as `work` does, or rejects with the error of `onTimeout` if it takes too long. `onError` converts its
   * rejection.
   */
  race<T>(
    work: Promise<T>,
    onTimeout: () => Error,
    onError: (error: unknown) => unknown = (error) => error,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const nowMs = performance.now();
      if (!this.ticking) this.lookedAtMs = nowMs;
      const entry: Waiting = {
        dueMs: this.countedMs + countedMs(nowMs - this.lookedAtMs, this.timeoutMs) + this.timeoutMs,
        expire: () => reject(onTimeout()),
      };
      this.waiting.add(entry);
      if (!this.ticking) this.arm(this.timeoutMs);
      work.then(
        (value) => {
          this.waiting.delete(entry);
          resolve(value);
        },
        (error: unknown) => {
          this.waiting.delete(entry);
          reject(onError(error));
        },
      );
    });
  }

  private arm(leftMs: number): void {
    this.ticking = true;
    setTimeout(() => this.tick(), Math.ceil(nextTickMs(leftMs))).unref();
  }

  private tick(): void {
    const nowMs = performance.now();
    this.countedMs += countedMs(nowMs - this.lookedAtMs, this.timeoutMs);
    this.lookedAtMs = nowMs;
    const [first] = this.waiting;
    if (first === undefined) this.ticking = false;
    else if (first.dueMs > this.countedMs) this.arm(first.dueMs - this.countedMs);
    else afterReading(() => this.sweep());
  }

  private sweep(): void {
    for (const entry of this.waiting) {
      if (entry.dueMs > this.countedMs) return this.arm(entry.dueMs - this.countedMs);
      this.waiting.delete(entry);
      entry.expire();
    }
    this.ticking = false;
  }
}
