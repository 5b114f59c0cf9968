import type { ErrorClass } from '../protocol/errcodes.js';
import { ApiRefused } from './api-error.js';

interface Rest {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Nobody answered, or WeChat was busy: it may go right in a second. */
const SOON: Rest = { firstMs: 1_000, longestMs: 60_000 };
/** Somebody has to act first. Asking on costs quota, and each call that waits for a confirmation bothers the administrator. */
const LATER: Rest = { firstMs: 10_000, longestMs: 300_000 };

const RESTS: Readonly<Record<ErrorClass, Rest>> = {
  retry: SOON,
  'rate-limited': { firstMs: 60_000, longestMs: 60_000 },
  'quota-exhausted': { firstMs: 600_000, longestMs: 600_000 },
  'token-invalid': LATER,
  'window-closed': LATER,
  permission: LATER,
  'bad-request': LATER,
  config: LATER,
};

/** How long nothing is fetched after a failed fetch, the `times`-th in a row: doubling. Milliseconds. */
export function restAfter(error: unknown, times: number): number {
  const { firstMs, longestMs } = error instanceof ApiRefused ? RESTS[error.errorClass] : SOON;
  return Math.min(firstMs * 2 ** (times - 1), longestMs);
}
