import type { Clock } from '../ports/clock.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import { ApiBudgetSpent } from './api-error.js';
import { QUOTAS, type QuotaName } from './catalogue/quotas.js';

/** Counts calls with a small monthly quota before they are made, for all processes that share a store. */
export interface CallBudget {
  /** @throws ApiBudgetSpent · StoreUnavailable  then the call must not be made */
  spend(endpoint: string, quota: QuotaName): Promise<void>;
}

/** WeChat counts by months in Beijing time. */
const BEIJING_MS = 8 * 3_600_000;
/** Longer than a month. */
const COUNT_TTL_MS = 32 * 86_400_000;

export function createCallBudget(deps: {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly appId: AppId;
}): CallBudget {
  const { store, clock, appId } = deps;
  return {
    async spend(endpoint, quota) {
      const name = `${appId}:budget:${quota}`;
      const most = QUOTAS[quota].account;
      for (;;) {
        const nowMs = clock.now();
        const month = new Date(nowMs + BEIJING_MS).toISOString().slice(0, 7);
        const expected = await store.get(name, nowMs);
        const [counted, count] = (expected ?? '').split(' ');
        const spent = counted === month ? Number(count) : 0;
        if (spent >= most)
          throw new ApiBudgetSpent(endpoint, {
            en: `the ${most} calls of ${month} ("${quota}") are used up`,
            zh: `${month} 的 ${most} 次调用（"${quota}"）已用完`,
          });
        const next = `${month} ${spent + 1}`;
        if (await store.compareAndSet({ name, expected, next, nowMs, ttlMs: COUNT_TTL_MS })) return;
      }
    },
  };
}
