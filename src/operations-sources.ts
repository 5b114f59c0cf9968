import { statfs } from 'node:fs/promises';
import type { AccessPointPool } from './api/access-points.js';
import type { Api } from './api/client.js';
import type { Config } from './config.js';
import type { OperationsSources } from './operations/operations.js';
import type { Clock } from './ports/clock.js';
import type { DeferredQueue } from './ports/deferred-queue.js';
import type { StateStore } from './ports/state-store.js';

/** How many dead letters are counted at most: as many as a store keeps. */
const MAX_DEAD_LETTERS = 10_000;
/** What metrics and alarms look up in the parts that the application is made of. */
export function operationsSources({
  config,
  storage,
  accessPoints,
  clock,
  apis,
}: {
  readonly config: Pick<Config, 'dataDir'>;
  readonly storage: {
    readonly store: Pick<StateStore, 'deadLetters'>;
    readonly queue: Pick<DeferredQueue, 'counts'>;
    degraded(): boolean;
    failing(): boolean;
    spilled?(): number;
    journalBytes?(): number;
  };
  readonly accessPoints: AccessPointPool;
  readonly clock: Clock;
  readonly apis: readonly { readonly account: { readonly name: string; readonly api: Api } }[];
}): OperationsSources {
  const { store, queue } = storage;
  return {
    async lateJobs() {
      const { oldestPushAtMs, ...counts } = await queue.counts();
      return {
        ...counts,
        oldestAgeMs: oldestPushAtMs === undefined ? 0 : Math.max(0, clock.now() - oldestPushAtMs),
      };
    },
    deadLetters: async () => (await store.deadLetters(MAX_DEAD_LETTERS)).length,
    accessPoints: () =>
      accessPoints.status().points.map(({ host, trust, isCurrent }) => ({
        host,
        isUp: trust !== 'failed',
        isPreferred: isCurrent,
      })),
    storage: () => ({
      degraded: storage.degraded(),
      failing: storage.failing(),
      spilledRecords: storage.spilled?.() ?? 0,
      journalBytes: storage.journalBytes?.() ?? 0,
    }),
    async freeBytes() {
      const { bavail, bsize } = await statfs(config.dataDir);
      return bavail * bsize;
    },
    async quotas(inUse) {
      const usages = await Promise.allSettled(
        inUse.map(async ({ account, api }) => {
          const { quotas } = byName(account);
          const { used, daily_limit: limit } = (await quotas.get({ cgi_path: api })).quota;
          return { account, api, used: limit > 0 ? used / limit : 0 };
        }),
      );
      return usages.flatMap((usage) => (usage.status === 'fulfilled' ? [usage.value] : []));
    },
  };

  function byName(name: string): Api {
    const found = apis.find(({ account }) => account.name === name);
    if (found === undefined) throw new RangeError(`no account "${name}" is configured`);
    return found.account.api;
  }
}
