import type { Clock } from '../../../src/ports/clock.js';

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** More timers than this in one `advance` means that one re-arms itself without moving time. */
const MAX_RUNS = 100_000;

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private nowMs: number;
  /** In the order in which they were armed; equal due times keep it. */
  private readonly timers = new Set<Timer>();

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.nowMs = startMs;
  }

  now(): number {
    return this.nowMs;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.nowMs + Math.max(0, delayMs), run };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  /** How many timers are armed. */
  get pending(): number {
    return this.timers.size;
  }

  /**
   * Moves time on by `ms` and runs what falls due on the way, in order, each at its own time. Promises settle
   * before the first and after each timer, so a timer armed by a continuation still runs in the same call.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await settle();
    for (let runs = 0; ; runs += 1) {
      const next = this.earliest();
      if (next === undefined || next.dueMs > endMs) break;
      if (runs === MAX_RUNS) throw new Error(`${MAX_RUNS} timers ran within one advance(${ms})`);
      this.timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.run();
      await settle();
    }
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  /** Sets the clock back, as an administrator or NTP may; timers keep their remaining time. */
  setBack(ms: number): void {
    this.nowMs -= ms;
    for (const { dueMs, run } of [...this.timers].splice(0)) this.timers.add({ dueMs: dueMs - ms, run });
  }

  private earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.timers) {
      if (earliest === undefined || timer.dueMs < earliest.dueMs) earliest = timer;
    }
    return earliest;
  }
}

/** Waits until pending promise chains have run. Does not wait for real I/O (sockets, files). */
export function settle(): Promise<void> {
  // One promise for all rounds: long stories settle a million times, and jest follows every promise of a test.
  return new Promise<void>((resolve) => {
    let rounds = 3;
    const turn = (): void => {
      rounds -= 1;
      if (rounds === 0) resolve();
      else setImmediate(turn);
    };
    setImmediate(turn);
  });
}
