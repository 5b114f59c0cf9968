/** Formats a time in Beijing: `2026-11-30 08:00:00`. Beijing has no daylight saving. */
export function beijingTime(atMs: number): string {
  return new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
