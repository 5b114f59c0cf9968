interface Waiting {
  readonly dueMs: number;
  readonly expire: () => void;
}

/**
 * Gives every promise handed to it the same time to settle. All share one timer: a timer for each operation
 * would cost more than the rest of its bookkeeping.
 */
export class Deadlines {
  private readonly timeoutMs: number;
  /** In the order in which they fall due, because all wait equally long. */
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** Settles as `work` does, or rejects with what `late` makes when `work` takes too long. */
  race<T>(work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        dueMs: performance.now() + this.timeoutMs,
        expire: () => reject(late()),
      };
      this.waiting.add(entry);
      this.timer ??= this.arm(this.timeoutMs);
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

  private arm(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.sweep(), delayMs).unref();
  }

  private sweep(): void {
    this.timer = undefined;
    const nowMs = performance.now();
    for (const entry of this.waiting) {
      if (entry.dueMs > nowMs) {
        this.timer = this.arm(Math.ceil(entry.dueMs - nowMs));
        return;
      }
      this.waiting.delete(entry);
      entry.expire();
    }
  }
}
