/**
 * Whether a moment that was set `lastingMs` ahead is still to come. One that is far more distant than it ever was dates
 * from before the clock was set back, and counts as over: else a rest of seconds would last as long as the clock was
 * wrong. Clocks of several machines may differ by `lastingMs`.
 */
export function isFutureWithin(untilMs: number, nowMs: number, lastingMs: number): boolean {
  const leftMs = untilMs - nowMs;
  return leftMs > 0 && leftMs <= 2 * lastingMs;
}
