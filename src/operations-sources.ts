import { statfs } from 'node:fs/promises';
import type { AccessPointPool } from './api/access-points/access-points.js';
import type { Api } from './api/client.js';
import type { Config } from './config/config.js';
import type { OperationsSources } from './operations/operations.js';
import type { Clock } from './ports/clock.js';
import type { DeferredQueue } from './ports/deferred-queue.js';
import type { StateStore } from './ports/state-store.js';

/** The state of the storage in `/status`. */
interface StorageState {
  readonly degraded: boolean;
  readonly failing: boolean;
  readonly spilledRecords: number;
  readonly journalBytes: number;
  readonly evicts: boolean;
}

/** Collects the values that metrics and alarms read from the parts of the application. */
export function operationsSources({
  config,
  storage,
  accessPoints,
  clock,
  apiOf,
  recordingFailed,
}: {
  readonly config: Pick<Config, 'dataDir'>;
  readonly storage: {
    readonly store: Pick<StateStore, 'countDeadLetters'>;
    readonly queue: Pick<DeferredQueue, 'counts'>;
    degraded(): boolean;
    failing(): boolean;
    spilled?(): number;
    journalBytes?(): number;
    evicts?(): boolean;
  };
  readonly accessPoints: AccessPointPool;
  readonly clock: Clock;
  /** Of an account. @throws RangeError */
  readonly apiOf: (account: string) => Pick<Api, 'quotas'>;
  readonly recordingFailed: () => boolean;
}): OperationsSources & { storage(): StorageState } {
  const { store, queue } = storage;
  return {
    async lateJobs() {
      const { oldestPushAtMs, ...counts } = await queue.counts();
      return {
        ...counts,
        oldestAgeMs: oldestPushAtMs === undefined ? 0 : Math.max(0, clock.now() - oldestPushAtMs),
      };
    },
    deadLetters: () => store.countDeadLetters(),
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
      evicts: storage.evicts?.() ?? false,
    }),
    recordingFailed,
    async freeBytes() {
      const { bavail, bsize } = await statfs(config.dataDir);
      return bavail * bsize;
    },
    async quotas(inUse) {
      const usages = await Promise.allSettled(
        inUse.map(async ({ account, api }) => {
          const { quotas } = apiOf(account);
          const { used, daily_limit: limit } = (await quotas.get({ cgi_path: api })).quota;
          return { account, api, used: limit > 0 ? used / limit : 0 };
        }),
      );
      return usages.flatMap((usage) => (usage.status === 'fulfilled' ? [usage.value] : []));
    },
  };
}
