import { uptime } from 'node:os';
import { createSteadyTime } from './steady-time.js';

/** The time source of the program. Tests use a clock that they move themselves. */
export interface Clock {
  /** Unix milliseconds that never jump. Deadlines, leases and expiries use it. */
  now(): number;
  /**
   * Unix milliseconds of the system clock, which may jump: for times sent to or received from outside. Default: `now`.
   */
  wallNow?(): number;
  /**
   * Calls `run` once, `delayMs` from now. Returns its cancellation, which may be called any number of times.
   * `background` timers do not keep a process alive.
   */
  schedule(delayMs: number, run: () => void, options?: { background?: boolean }): () => void;
}

/** The clock of this machine. */
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

/** Returns the system time, for timestamps that other machines read or wrote. */
export const wallTime = (clock: Clock): number => clock.wallNow?.() ?? clock.now();
