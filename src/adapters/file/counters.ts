import type { ClaimExtras, StateStore } from '../../ports/state-store.js';
import { ExpiringMap } from './expiring-map.js';

type Tries = NonNullable<ClaimExtras['tries']>;

/** What is counted, in memory only: a process that starts again counts afresh. */
export class Counters {
  readonly #tries = new ExpiringMap<Tries & { expiresAtMs: number }>(({ expiresAtMs }) => expiresAtMs);
  /** The latest times by name, no more of them than were allowed. */
  readonly #times = new ExpiringMap<{ times: readonly number[]; expiresAtMs: number }>(
    ({ expiresAtMs }) => expiresAtMs,
  );

  countTry(key: string, nowMs: number, keepMs: number): Tries {
    const known = this.#tries.get(key, nowMs);
    const tries = { count: (known?.count ?? 0) + 1, sinceMs: known?.sinceMs ?? nowMs };
    this.#tries.set(key, { ...tries, expiresAtMs: nowMs + keepMs }, nowMs);
    return tries;
  }

  forgetTries(key: string): void {
    this.#tries.delete(key);
  }

  admit({ name, limit, perMs, nowMs }: Parameters<StateStore['admit']>[0]): boolean {
    const recent = (this.#times.get(name, nowMs)?.times ?? []).filter((atMs) => atMs > nowMs - perMs);
    if (recent.length >= limit) return false;
    this.#times.set(name, { times: [...recent, nowMs], expiresAtMs: nowMs + perMs }, nowMs);
    return true;
  }
}
