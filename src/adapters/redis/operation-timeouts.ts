import { afterReading, countedMs, nextTickMs } from '../../ports/timeout.js';

interface Waiting {
  /** In time that counts. */
  readonly dueMs: number;
  readonly expire: () => void;
}

/**
 * Gives every promise handed to it the same time to settle, of which a held-up event loop uses up little. All share one
 * timer: a timer for each operation would cost more than the rest of its bookkeeping.
 */
export class OperationTimeouts {
  private readonly timeoutMs: number;
  /** In the order in which they fall due, because all wait equally long. */
  private readonly waiting = new Set<Waiting>();
  private ticking = false;
  /** Time that counts, up to the last look. */
  private countedMs = 0;
  private lookedAtMs = 0;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** Settles as `work` does, or rejects with what `late` makes when `work` takes too long. */
  race<T>(work: Promise<T>, onTimeout: () => Error): Promise<T> {
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
          reject(error);
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
