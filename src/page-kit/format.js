/** `0.4 ms`, `128 ms`, `4.50 s`. */
export function duration(ms) {
  if (ms > 0 && ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** `+6.8 s`, or another unit that fits. */
export function after(ms) {
  if (ms < 1_000) return `+${Math.round(ms)} ms`;
  if (ms < 120_000) return `+${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `+${Math.round(ms / 60_000)} min`;
  return `+${Math.round(ms / 3_600_000)} h`;
}

/** `14:05:09`, in the reader's time zone. */
export function timeOfDay(atMs, seconds = true) {
  const time = new Date(atMs);
  const parts = [time.getHours(), time.getMinutes(), ...(seconds ? [time.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `11-22 14:05:09`. */
export function dayAndTime(atMs) {
  const time = new Date(atMs);
  const day = [time.getMonth() + 1, time.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  return `${day} ${timeOfDay(atMs)}`;
}

/** `1:59:58`; `0:00` when it is over. */
export function countdown(ms) {
  const left = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(left / 3_600);
  const minutes = String(Math.floor(left / 60) % 60);
  const seconds = String(left % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${minutes.padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** Shortens a long id to both ends. */
export function shorten(text, most = 18) {
  return text.length <= most ? text : `${text.slice(0, most - 7)}…${text.slice(-6)}`;
}
