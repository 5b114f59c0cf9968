import type { ErrorClass } from '../protocol/errcodes.js';
import { ApiRefused } from './api-error.js';

interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Used without an answer or if WeChat is busy: the next fetch may succeed after a second. */
const SOON: Backoff = { initialMs: 1_000, maxMs: 60_000 };
/**
 * Used if an operator must act first. Each fetch costs quota, and one that needs a confirmation notifies the
 * administrator.
 */
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

/** Returns the pause in ms after the `times`-th failure in a row; it doubles each time. */
export function backoffMs(error: unknown, times: number): number {
  const { initialMs, maxMs } = error instanceof ApiRefused ? BACKOFFS[error.errorClass] : SOON;
  return Math.min(initialMs * 2 ** (times - 1), maxMs);
}
