import type { ErrorClass } from '../protocol/errcodes.js';
import { ApiRefused } from './api-error.js';

interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Nobody answered, or WeChat was busy: it may go right in a second. */
const SOON: Backoff = { initialMs: 1_000, maxMs: 60_000 };
/** Somebody has to act first. Asking on costs quota, and each call that waits for a confirmation bothers the administrator. */
const LATER: Backoff = { initialMs: 10_000, maxMs: 300_000 };

const BACKOFFS: Readonly<Record<ErrorClass, Backoff>> = {
  retry: SOON,
  'rate-limited': { initialMs: 60_000, maxMs: 60_000 },
  'quota-exhausted': { initialMs: 600_000, maxMs: 600_000 },
  'token-invalid': LATER,
  'window-closed': LATER,
  permission: LATER,
  'bad-request': LATER,
  config: LATER,
};

/** How long nothing is fetched after a failed fetch, the `times`-th in a row: doubling. Milliseconds. */
export function backoffMs(error: unknown, times: number): number {
  const { initialMs, maxMs } = error instanceof ApiRefused ? BACKOFFS[error.errorClass] : SOON;
  return Math.min(initialMs * 2 ** (times - 1), maxMs);
}
