import type { Clock } from '../ports/clock.js';
import { StoreUnavailable, type StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import { isFutureWithin } from './clock-skew.js';

const MIN_FORCED_INTERVAL_MS = 30_000;
const PER_DAY = 20;
const DAY_MS = 86_400_000;
/** WeChat counts by days in Beijing time. */
const BEIJING_MS = 8 * 3_600_000;

/** Counts the forced refreshes of an account, for all processes on the store: WeChat allows 20 a day, 30 s apart. */
export interface ForceBudget {
  /** Counts a refresh before it is made. False if it is too early or the day's limit is reached. */
  spend(): Promise<boolean>;
  /** Returns the number left today. Never throws. */
  left(): Promise<number>;
}

export function createForceBudget(store: StateStore, clock: Clock, appId: AppId): ForceBudget {
  const name = `${appId}:token:stable:forced`;
  /** Local count, used while the store is unavailable. */
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

/** Returns the new count as `day count atMs`; `undefined` if a refresh is not allowed now. */
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
