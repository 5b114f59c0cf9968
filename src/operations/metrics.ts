import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type OpenMetricsContentType,
  type PrometheusContentType,
} from 'prom-client';
import type { Clock } from '../ports/clock.js';
import type { PlatformFailureSort, ServerEvent } from '../ports/events.js';
import type { EventListener } from './event-bus.js';
import { registerGauges, type GaugeSources } from './metric-gauges.js';
import { PushCounter, PushHistogram } from './push-metrics.js';
import { SlidingCount } from './sliding-count.js';

export interface Metrics {
  readonly listener: EventListener;
  /** Returns all metrics as Prometheus text, or in the OpenMetrics format. */
  read(openMetrics: boolean): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** A path outside the catalogue, since labels are bounded. */
const OTHER_API = 'other';
/** Period over which WeChat counts failures. Source: 接口报警. */
const FAILURE_WINDOW_MS = 5 * 60_000;

/** Gauges of prom-client that end in `_total`, which only counters may; `promtool check metrics` reports them. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

const PUSH_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 4.5, 5];
const HANDLER_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 5, 10, 30, 60];
const DELIVERY_SECONDS = [1, 2, 5, 10, 30, 60, 300, 3_600, 86_400];
const API_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/**
 * Creates the metrics of this process. Dashboards and alert rules depend on names, labels and buckets
 * (docs/operations.md). Labels are bounded, so none holds an id, an OpenID or a text.
 */
export function createMetrics(deps: {
  readonly version: string;
  readonly clock: Clock;
  readonly sources: GaugeSources;
  /** True for a path that the catalogue knows. */
  readonly isListed: (path: string) => boolean;
}): Metrics {
  const register = new Registry<PrometheusContentType | OpenMetricsContentType>();
  const registers = [register];
  const counter = <Name extends string>(name: string, help: string, labelNames: readonly Name[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <Name extends string>(
    name: string,
    help: string,
    labelNames: readonly Name[],
    buckets: number[],
  ) => new Histogram({ name, help, labelNames, buckets, registers });

  const pushes = new PushCounter({
    name: 'wechat_pushes_total',
    help: 'Attempts answered, by outcome.',
    labelNames: ['account', 'kind', 'outcome'],
    registers,
  });
  const refusals = counter('wechat_push_refusals_total', 'Requests refused at the callback, by reason.', [
    'account',
    'reason',
  ]);
  const pushTime = new PushHistogram({
    name: 'wechat_push_duration_seconds',
    help: 'From the first byte of an attempt to its answer.',
    labelNames: ['account', 'outcome'],
    buckets: PUSH_SECONDS,
    registers,
  });
  const handlerTime = new PushHistogram({
    name: 'wechat_handler_duration_seconds',
    help: 'How long handlers ran.',
    labelNames: ['handler', 'result'],
    buckets: HANDLER_SECONDS,
    registers,
  });
  const deliveries = counter('wechat_deliveries_total', 'Late answers, by channel and result.', [
    'account',
    'channel',
    'result',
  ]);
  const deliveryDelay = histogram(
    'wechat_delivery_delay_seconds',
    'From a push to the end of its late answer.',
    ['account', 'channel'],
    DELIVERY_SECONDS,
  );
  const deadLetters = counter('wechat_dead_letters_total', 'Answers that reached nobody, by reason.', [
    'account',
    'reason',
  ]);
  const apiCalls = counter('wechat_api_requests_total', "Calls of WeChat's API, by result.", [
    'account',
    'api',
    'result',
  ]);
  const apiTime = histogram(
    'wechat_api_duration_seconds',
    'Exchanges with one access point.',
    ['access_point'],
    API_SECONDS,
  );
  const tokenExpiry = new Gauge({
    name: 'wechat_token_expiry_timestamp_seconds',
    help: 'When the access token in use expires.',
    labelNames: ['account'],
    registers,
  });
  const tokenRefreshes = counter('wechat_token_refreshes_total', 'Fetches of an access token, by result.', [
    'account',
    'result',
  ]);
  const quotaUsed = new Gauge({
    name: 'wechat_api_quota_used_ratio',
    help: "Used part of a day's calls of an API, as WeChat said last.",
    labelNames: ['account', 'api'],
    registers,
  });
  const alarms = counter('wechat_alarms_total', 'Alarms raised.', ['account', 'alarm']);
  const failures = new Map<string, { account: string; sort: PlatformFailureSort; count: SlidingCount }>();
  const platformFailures = new Gauge({
    name: 'wechat_platform_failures',
    help: 'Attempts of the last 5 minutes that WeChat counts as failed, as seen from here.',
    labelNames: ['account', 'sort'],
    registers,
    collect() {
      for (const { account, sort, count } of failures.values())
        platformFailures.set({ account, sort }, count.total());
    },
  });
  new Gauge({
    name: 'wechat_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: deps.version, node: process.version }, 1);
  registerGauges(register, deps.sources);
  collectDefaultMetrics({ register });
  for (const name of MISNAMED) register.removeSingleMetric(name);

  function countFailure(account: string, sort: PlatformFailureSort): void {
    const key = `${account}\n${sort}`;
    let entry = failures.get(key);
    if (entry === undefined) {
      entry = { account, sort, count: new SlidingCount(deps.clock, FAILURE_WINDOW_MS) };
      failures.set(key, entry);
    }
    entry.count.add();
  }

  function listener(event: ServerEvent): void {
    switch (event.type) {
      case 'push.answered': {
        const { account, kind, outcome, ms } = event;
        pushes.counts.at(account).at(kind).at(outcome).figure.count += 1;
        pushTime.distributions
          .at(account)
          .at(outcome)
          .figure.observe(ms / 1_000);
        if (outcome === 'held') countFailure(account, 'timeout');
        if (outcome === 'unavailable') countFailure(account, 'bad_answer');
        return;
      }
      case 'request.refused':
        if (event.probe !== undefined) return undefined;
        if (event.signed) countFailure(event.account, 'refused');
        return refusals.inc({ account: event.account, reason: event.reason });
      case 'attempt.failed':
        return countFailure(event.account, event.sort);
      case 'handler.ended':
        return handlerTime.distributions
          .at(event.handler)
          .at(event.result)
          .figure.observe(event.ms / 1_000);
      case 'delivery.ended': {
        const { account, channel, result, ms } = event;
        const family = channel === 'subscription' ? 'template' : channel;
        deliveries.inc({ account, channel: family, result });
        if (result === 'delivered' && ms !== undefined)
          deliveryDelay.observe({ account, channel: family }, ms / 1_000);
        return;
      }
      case 'dead-letter.stored':
        return deadLetters.inc({ account: event.account, reason: event.reason });
      case 'api.called': {
        const api = deps.isListed(event.api) ? event.api : OTHER_API;
        return apiCalls.inc({ account: event.account, api, result: event.result });
      }
      case 'access-point.asked':
        return apiTime.observe({ access_point: event.accessPoint }, event.ms / 1_000);
      case 'token.refreshed':
        tokenRefreshes.inc({ account: event.account, result: event.result });
        if (event.expiresAtMs !== undefined)
          tokenExpiry.set({ account: event.account }, event.expiresAtMs / 1_000);
        return;
      case 'quota.read':
        if (deps.isListed(event.api)) quotaUsed.set({ account: event.account, api: event.api }, event.used);
        return;
      case 'alarm.raised':
        return alarms.inc({ account: event.account, alarm: event.alarm });
      case 'answer.unheard':
      case 'backend.failed':
      case 'handshake.answered':
      case 'settings.reloaded':
      case 'token.superseded':
      case 'storage.changed':
        return;
      default:
        return event satisfies never;
    }
  }

  return {
    listener,
    async read(openMetrics) {
      register.setContentType(
        openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
      );
      const text = await register.metrics();
      return { contentType: register.contentType, text };
    },
  };
}
