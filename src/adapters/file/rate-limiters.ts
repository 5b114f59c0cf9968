import type { ClaimExtras, StateStore } from '../../ports/state-store.js';
import { ExpiringMap } from './expiring-map.js';

type Attempts = NonNullable<ClaimExtras['attempts']>;

/** Counts in memory only: after a restart the counts begin at zero. */
export class RateLimiters {
  readonly #attempts = new ExpiringMap<Attempts & { expiresAtMs: number }>(({ expiresAtMs }) => expiresAtMs);
  /** The latest times by name, at most as many as the limit. */
  readonly #times = new ExpiringMap<{ times: readonly number[]; expiresAtMs: number }>(
    ({ expiresAtMs }) => expiresAtMs,
  );

  countAttempt(key: string, nowMs: number, ttlMs: number): Attempts {
    const known = this.#attempts.get(key, nowMs);
    const count = (known?.count ?? 0) + 1;
    const sinceMs = known?.sinceMs ?? nowMs;
    this.#attempts.set(key, { count, sinceMs, expiresAtMs: nowMs + ttlMs }, nowMs);
    return { count, sinceMs };
  }

  forgetAttempts(key: string): void {
    this.#attempts.delete(key);
  }

  tryAcquire({ name, limit, perMs, nowMs }: Parameters<StateStore['tryAcquireRate']>[0]): boolean {
    const recent = (this.#times.get(name, nowMs)?.times ?? []).filter((atMs) => atMs > nowMs - perMs);
    if (recent.length >= limit) return false;
    this.#times.set(name, { times: [...recent, nowMs], expiresAtMs: nowMs + perMs }, nowMs);
    return true;
  }
}
