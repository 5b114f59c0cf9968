/**
 * True if a time that was set `lastingMs` ahead is still in the future. A time that is much further ahead was set
 * before the clock was corrected, and counts as past; otherwise a pause of seconds would last as long as the clock was
 * wrong. Clocks of several machines may differ by `lastingMs`.
 */
export function isFutureWithin(untilMs: number, nowMs: number, lastingMs: number): boolean {
  const leftMs = untilMs - nowMs;
  return leftMs > 0 && leftMs <= 2 * lastingMs;
}
