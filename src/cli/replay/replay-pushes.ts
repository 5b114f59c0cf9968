import { sleep } from '../../ports/sleep.js';
import { systemClock } from '../../ports/clock.js';

/** An attempt to send again. */
export interface ReplayedAttempt {
  /** Time of arrival, in Unix ms. */
  readonly atMs: number;
  readonly user: string;
}

/** Limit of attempts that are in progress or wait for an earlier one of the same user. */
const MAX_PENDING = 64;

/**
 * Sends attempts in their order of arrival: those of one user in sequence, those of different users in parallel.
 *
 * In: `speed` 1 keeps the time between attempts, 2 halves it, `Infinity` sends without waiting. If a `send` rejects, no
 *     further attempt is sent; the replay rejects once those in progress have ended.
 */
export async function replayPushes<T extends ReplayedAttempt>(
  attempts: AsyncIterable<T>,
  speed: number,
  send: (attempt: T) => Promise<void>,
): Promise<void> {
  const pending = new Set<Promise<void>>();
  const lastOf = new Map<string, Promise<void>>();
  const startMs = performance.now();
  let firstAtMs: number | undefined;
  let failure: { readonly error: unknown } | undefined;
  for await (const attempt of attempts) {
    firstAtMs ??= attempt.atMs;
    const dueMs = (attempt.atMs - firstAtMs) / speed - (performance.now() - startMs);
    if (dueMs > 0) await sleep(systemClock, dueMs);
    if (pending.size >= MAX_PENDING) await Promise.race(pending);
    if (failure !== undefined) break;
    const before = lastOf.get(attempt.user) ?? Promise.resolve();
    const run = before
      .then(() => (failure === undefined ? send(attempt) : undefined))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        pending.delete(run);
        if (lastOf.get(attempt.user) === run) lastOf.delete(attempt.user);
      });
    pending.add(run);
    lastOf.set(attempt.user, run);
  }
  await Promise.all(pending);
  if (failure !== undefined) throw failure.error;
}
