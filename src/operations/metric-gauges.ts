import {
  Gauge,
  type GaugeConfiguration,
  type OpenMetricsContentType,
  type PrometheusContentType,
  type Registry,
} from 'prom-client';

/** Sources that are read at each scrape of the metrics. A source that rejects leaves only its own gauges out. */
export interface GaugeSources {
  /** Shared by all processes of a store, so each reports the same. */
  readonly lateJobs: () => Promise<{
    readonly waiting: number;
    readonly delayed: number;
    readonly inMailbox: number;
    readonly active: number;
    /** Age of the oldest due push; 0 if none is due. */
    readonly oldestAgeMs: number;
  }>;
  readonly deadLetters: () => Promise<number>;
  readonly accessPoints: () => readonly {
    readonly host: string;
    readonly isUp: boolean;
    readonly isPreferred: boolean;
  }[];
  readonly storage: () => {
    readonly degraded: boolean;
    readonly spilledRecords: number;
    readonly journalBytes: number;
  };
}

/** Registers the gauges whose values are read at each scrape. */
export function registerGauges(
  registry: Registry<PrometheusContentType | OpenMetricsContentType>,
  sources: GaugeSources,
): void {
  const gauge = <Name extends string>(configuration: GaugeConfiguration<Name>): Gauge<Name> =>
    new Gauge({ ...configuration, registers: [registry] });
  // All gauges of a scrape begin in the same tick, so they share one read.
  let looking: ReturnType<GaugeSources['lateJobs']> | undefined;
  const lateJobs = () =>
    (looking ??= sources.lateJobs().finally(() => {
      looking = undefined;
    }));

  gauge({
    name: 'wechat_late_jobs',
    help: 'Late answers in the queue. `delayed`: not due yet. `mailbox`: kept for the next message of their user.',
    labelNames: ['state'],
    async collect() {
      this.reset();
      const jobs = await lateJobs().catch(() => undefined);
      if (jobs === undefined) return;
      for (const state of ['waiting', 'delayed', 'active'] as const) this.set({ state }, jobs[state]);
      this.set({ state: 'mailbox' }, jobs.inMailbox);
    },
  });
  gauge({
    name: 'wechat_late_oldest_age_seconds',
    help: 'Age of the oldest late answer that is due.',
    async collect() {
      this.remove();
      const jobs = await lateJobs().catch(() => undefined);
      if (jobs !== undefined) this.set(jobs.oldestAgeMs / 1_000);
    },
  });
  gauge({
    name: 'wechat_dead_letters',
    help: 'Dead letters that are kept.',
    async collect() {
      this.remove();
      const count = await sources.deadLetters().catch(() => undefined);
      if (count !== undefined) this.set(count);
    },
  });
  gauge({
    name: 'wechat_access_point_up',
    help: '1 while calls to this access point are answered.',
    labelNames: ['access_point'],
    collect() {
      for (const { host, isUp } of sources.accessPoints()) this.set({ access_point: host }, Number(isUp));
    },
  });
  gauge({
    name: 'wechat_access_point_preferred',
    help: '1 for the access point that calls go to.',
    labelNames: ['access_point'],
    collect() {
      for (const { host, isPreferred } of sources.accessPoints())
        this.set({ access_point: host }, Number(isPreferred));
    },
  });
  gauge({
    name: 'wechat_storage_degraded',
    help: '1 while the journal stands in for Redis.',
    collect() {
      this.set(Number(sources.storage().degraded));
    },
  });
  gauge({
    name: 'wechat_spilled_records',
    help: 'Records and jobs that the journal holds until Redis takes them.',
    collect() {
      this.set(sources.storage().spilledRecords);
    },
  });
  gauge({
    name: 'wechat_journal_bytes',
    help: 'Size of the journal in DATA_DIR.',
    collect() {
      this.set(sources.storage().journalBytes);
    },
  });
}
