import type { Clock } from '../ports/clock.js';
import type { HttpClient } from '../ports/http-client.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import { createAlarms, type Alarms, type AlarmSettings, type AlarmSources } from './alarms/alarms.js';
import type { EventBus } from './event-bus.js';
import { createMetrics, type Metrics } from './metrics.js';
import type { GaugeSources } from './metric-gauges.js';
import { readSilence, writeSilence } from './alarms/stored-silence.js';
import { TroubleLog } from './troubles/trouble-log.js';
import { TroubleStore } from './troubles/trouble-store.js';
import { countKinds, type ListedTrouble } from './troubles/trouble.js';

/** What the admin listener shows of a server's operations. */
export interface OperationsView {
  /** Absent: METRICS=0. */
  readonly metrics: Metrics | undefined;
  readonly alarms: Pick<Alarms, 'inForce' | 'test'>;
  /** The newest first. @throws StoreUnavailable */
  troubles(): Promise<readonly ListedTrouble[]>;
}

/** Metrics, alarms and troubles of a running server. All of them listen to its events. */
export interface Operations extends OperationsView {
  start(): void;
  /** Resolves once the troubles so far are written, or cannot be. */
  stop(): Promise<void>;
}

/** What metrics and alarms look up. */
export type OperationsSources = GaugeSources & Omit<AlarmSources, 'silence'>;

export function createOperations(deps: {
  readonly settings: { readonly metrics: boolean; readonly alarms: AlarmSettings };
  readonly version: string;
  readonly accounts: readonly {
    readonly name: string;
    readonly appId: string;
    readonly originalId?: string | undefined;
  }[];
  readonly sources: OperationsSources;
  readonly isListed: (path: string) => boolean;
  readonly events: EventBus;
  readonly store: StateStore;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Logger;
}): Operations {
  const { settings, version, accounts, sources, isListed, events, store, http, clock, log } = deps;
  const metrics = settings.metrics ? createMetrics({ version, clock, sources, isListed }) : undefined;
  const silence = {
    read: (account: string) => readSilence(store, clock, account),
    write: (account: string, history: Parameters<typeof writeSilence>[3]) =>
      writeSilence(store, clock, account, history),
  };
  const alarms = createAlarms({
    settings: settings.alarms,
    accounts,
    sources: { ...sources, silence },
    events,
    http,
    clock,
    log,
  });
  const kept = new TroubleStore(store, clock);
  const troubles = new TroubleLog({ store: kept, accounts, clock, log });
  const listeners = [metrics?.listener, alarms.listener, troubles.listener].filter(
    (listener) => listener !== undefined,
  );
  for (const listener of listeners) events.listen(listener);

  return {
    metrics,
    alarms,
    troubles: async () => countKinds(await kept.list()),
    start: () => alarms.start(),
    async stop() {
      alarms.stop();
      troubles.stop();
      await troubles.flush();
    },
  };
}
