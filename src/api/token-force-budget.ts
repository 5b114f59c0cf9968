import type { Clock } from '../ports/clock.js';
import { StoreUnavailable, type StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import { isFutureWithin } from './clock-skew.js';

const MIN_FORCED_INTERVAL_MS = 30_000;
const PER_DAY = 20;
const DAY_MS = 86_400_000;
/** WeChat counts by the day of Beijing. */
const BEIJING_MS = 8 * 3_600_000;

/** The forced refreshes that WeChat allows an account: 20 a day, 30 s apart. Counted by all processes on the store. */
export interface ForceBudget {
  /** Notes one before it is made. False when it is too early or there were too many today. */
  spend(): Promise<boolean>;
  /** How many are left today. Never throws. */
  left(): Promise<number>;
}

export function createForceBudget(store: StateStore, clock: Clock, appId: AppId): ForceBudget {
  const name = `${appId}:token:stable:forced`;
  /** Stands in for the store's count while the store is away. */
  let alone: string | undefined;

  return {
    async spend() {
      const nowMs = clock.now();
      try {
        const raw = await store.get(name, nowMs);
        const next = forcedAfter(raw, nowMs);
        if (next === undefined) return false;
        return await store.compareAndSet({ name, expected: raw, next, nowMs, ttlMs: 2 * DAY_MS });
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        const next = forcedAfter(alone, nowMs);
        alone = next ?? alone;
        return next !== undefined;
      }
    },
    async left() {
      const nowMs = clock.now();
      const raw = await store.get(name, nowMs).catch(() => alone);
      return PER_DAY - readForced(raw, nowMs).count;
    },
  };
}

/** Text of the count after one more, `day count atMs`; undefined when it is not allowed now. */
function forcedAfter(raw: string | undefined, nowMs: number): string | undefined {
  const { today, count, atMs } = readForced(raw, nowMs);
  if (atMs !== undefined && isFutureWithin(atMs + MIN_FORCED_INTERVAL_MS, nowMs, MIN_FORCED_INTERVAL_MS))
    return undefined;
  return count < PER_DAY ? `${today} ${count + 1} ${nowMs}` : undefined;
}

function readForced(raw: string | undefined, nowMs: number): { today: number; count: number; atMs?: number } {
  const today = Math.floor((nowMs + BEIJING_MS) / DAY_MS);
  const [day, count = 0, atMs] = (raw ?? '').split(' ').map(Number);
  return { today, count: day === today ? count : 0, ...(atMs !== undefined && { atMs }) };
}
