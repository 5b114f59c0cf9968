const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `512 B`, `3.4 MB`. */
export function bytes(count) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  const value = count / 1_024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** `1,204`. */
export function whole(count) {
  return Math.round(count).toLocaleString('en-US');
}

/** Returns a duration in the largest unit that fits, as `{ count, unit }`. */
export function span(ms) {
  const s = Math.max(0, Math.round(ms / 1_000));
  if (s < 60) return { count: s, unit: 'seconds' };
  if (s < 7_200) return { count: Math.floor(s / 60), unit: 'minutes' };
  if (s < 172_800) return { count: Math.floor(s / 3_600), unit: 'hours' };
  return { count: Math.floor(s / 86_400), unit: 'days' };
}

/** Formats a share: `0.4 %`. */
export function percent(part, all) {
  const value = all === 0 ? 0 : (part / all) * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}
