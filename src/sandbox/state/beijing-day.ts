const DAY_MS = 86_400_000;

/** Number of the day in Beijing: the platform's counters begin anew at midnight there. */
export function beijingDay(nowMs: number): number {
  return Math.floor((nowMs + 8 * 3_600_000) / DAY_MS);
}
