import type { Clock } from '../ports/clock.js';
import type { HttpClient } from '../ports/http-client.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import { createAlarms, type Alarms, type AlarmSettings, type AlarmSources } from './alarms/alarms.js';
import type { EventBus } from './event-bus.js';
import { createMetrics, type Metrics } from './metrics.js';
import type { GaugeSources } from './metric-gauges.js';
import { HandlerFigures } from './handler-figures.js';
import { LastHour } from './last-hour.js';
import { RecentActivity } from './recent-activity.js';
import { readSilence, writeSilence } from './alarms/stored-silence.js';
import { TroubleLog } from './troubles/trouble-log.js';
import { TroubleStore } from './troubles/trouble-store.js';
import { countKinds, type ListedTrouble } from './troubles/trouble.js';

/** Operational data that the admin listener shows. */
export interface OperationsView {
  /** Absent with METRICS=0, or before the start. */
  readonly metrics: Metrics | undefined;
  readonly alarms: Pick<Alarms, 'inForce' | 'test'>;
  readonly activity: Pick<RecentActivity, 'refusals' | 'probes' | 'acceptedAtMs' | 'storageSinceMs'>;
  readonly handlers: Pick<HandlerFigures, 'figures'>;
  /** Pushes per minute, by outcome. */
  readonly lastHour: Pick<LastHour, 'figures'>;
  /** Lists troubles, newest first. @throws StoreUnavailable */
  troubles(): Promise<readonly ListedTrouble[]>;
}

/**
 * Metrics, alarms and troubles of a running server, which listen to its events. A command that only reads the store
 * starts nothing, and has neither metrics nor alarms.
 */
export interface Operations extends OperationsView {
  start(): void;
  /** Stops. Resolves once the troubles so far are written, or the write failed. */
  stop(): Promise<void>;
}

/** Sources of metrics and alarms. */
export type OperationsSources = GaugeSources & Omit<AlarmSources, 'silence'>;

export function createOperations(deps: {
  readonly settings: { readonly metrics: boolean; readonly alarms: AlarmSettings };
  readonly version: string;
  /** Those of this moment. */
  readonly accounts: () => readonly {
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
  const silence = {
    read: (account: string) => readSilence(store, clock, account),
    write: (account: string, history: Parameters<typeof writeSilence>[3]) =>
      writeSilence(store, clock, account, history),
  };
  let metrics: Metrics | undefined;
  let alarms: Alarms | undefined;
  const kept = new TroubleStore(store, clock);
  const troubles = new TroubleLog({ store: kept, accounts, clock, log });
  const activity = new RecentActivity(clock);
  const handlers = new HandlerFigures(clock);
  const lastHour = new LastHour(clock);
  for (const part of [troubles, activity, handlers, lastHour]) events.listen(part.listener);

  return {
    get metrics() {
      return metrics;
    },
    alarms: {
      inForce: () => alarms?.inForce() ?? [],
      test: () => alarms?.test() ?? Promise.resolve([]),
    },
    activity,
    handlers,
    lastHour,
    troubles: async () => countKinds(await kept.list()),
    start() {
      if (alarms !== undefined) return;
      if (settings.metrics) {
        metrics = createMetrics({ version, clock, sources, isListed });
        events.listen(metrics.listener);
      }
      alarms = createAlarms({
        settings: settings.alarms,
        accounts,
        sources: { ...sources, silence },
        events,
        http,
        clock,
        log,
      });
      events.listen(alarms.listener);
      alarms.start();
    },
    async stop() {
      alarms?.stop();
      troubles.stop();
      await troubles.flush();
    },
  };
}
