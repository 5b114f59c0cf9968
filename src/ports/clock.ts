import { uptime } from 'node:os';
import { createSteadyTime } from './steady-time.js';

/** Time, as the program sees it. Tests hand in one that they move by hand. */
export interface Clock {
  /** Milliseconds since 1970, never stepped: deadlines, leases and expiries are points of it. */
  now(): number;
  /** Milliseconds since 1970 as the machine has it: for what leaves the process or comes from outside. Default: `now`. */
  wallNow?(): number;
  /**
   * Calls `run` once, `delayMs` from now. Returns its cancellation, which may be called any number of times.
   * `background` timers do not keep a process alive.
   */
  schedule(delayMs: number, run: () => void, options?: { background?: boolean }): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: createSteadyTime({
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    uptimeMs: () => uptime() * 1_000,
  }),
  wallNow: () => Date.now(),
  schedule(delayMs, run, options) {
    const timer = setTimeout(run, delayMs);
    if (options?.background === true) timer.unref();
    return () => clearTimeout(timer);
  },
};

/** The machine's time, for stamps that others read and for those that others made. */
export const wallTime = (clock: Clock): number => clock.wallNow?.() ?? clock.now();
