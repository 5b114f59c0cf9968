const DAY_MS = 86_400_000;

/** Returns the number of the day in Beijing, at whose midnight WeChat's counters restart. */
export function beijingDay(nowMs: number): number {
  return Math.floor((nowMs + 8 * 3_600_000) / DAY_MS);
}
