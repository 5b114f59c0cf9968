import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { ApiCall, Attempt, Exchange } from '../../../src/sandbox/types/types.js';
import type { MetricSamples } from './metric-samples.js';

const SEND = '/cgi-bin/message/custom/send';
const TOKEN = '/cgi-bin/stable_token';
/** Calls by which a server asks what it may do. They are none of the account's, so they count in no metric of its API. */
const ASKED_APART = ['/cgi-bin/message/custom/typing', '/cgi-bin/openapi/quota/get', TOKEN];
/** A server probes its access points with it when one of them is slow, which depends on the machine. */
const PROBE = '/cgi-bin/getcallbackip';
/** A call that is made again with a new token has not ended. */
const TOKEN_INVALID = 40_001;

/** What a server can count, each number under a name that a person reads. */
export type Numbers = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** The numbers in the sandbox's own book of exchanges and calls. */
export function numbersInBook({ state }: Sandbox): Numbers {
  const exchanges = state.exchanges.list().filter(({ kind }) => kind !== 'handshake');
  const pushes = exchanges.filter(({ hostile }) => hostile === undefined);
  const first = pushes.filter(({ copyOf, replayOf }) => copyOf === undefined && replayOf === undefined);
  const attempts = pushes.flatMap(({ tries }) => tries);
  const calls = state.calls.list().filter(({ path }) => path !== PROBE);
  const ended = calls.filter(({ path, errcode }) => !ASKED_APART.includes(path) && errcode !== TOKEN_INVALID);
  const sends = calls.filter(({ path }) => path === SEND);
  return {
    'attempts by kind': tally(pushes.flatMap(({ kind, tries }) => tries.map(() => kind.toLowerCase()))),
    'pushes that got a reply': count(first, isReply),
    'pushes that got success': count(first, (exchange) => !isReply(exchange)),
    'further attempts and copies': attempts.length - first.length,
    'attempts with an answer time': attempts.length,
    'refused requests': exchanges.length - pushes.length,
    'refusals that count in an alarm': count(
      exchanges,
      ({ hostile }) => hostile !== undefined && hostile !== 'no-signature',
    ),
    'calls by path': tally(ended.map(({ path }) => path)),
    'refused calls': count(ended, isRefused),
    'exchanges by access point': tally(calls.map(({ accessPoint }) => accessPoint)),
    'tokens fetched': count(calls, ({ path }) => path === TOKEN),
    'late messages taken': count(sends, (call) => !isRefused(call)),
    'late messages in the chat': count(state.chat.list(), ({ via }) => via === 'customer-service'),
  };
}

/** The same numbers as the metrics tell them. @param pointOf  the sandbox's name of an access point, by its label */
export function numbersInMetrics(metrics: MetricSamples, pointOf: (label: string) => string): Numbers {
  const outcome = metrics.by('outcome', 'wechat_pushes_total');
  const of = (...names: string[]): number => names.reduce((sum, name) => sum + (outcome[name] ?? 0), 0);
  const calls = metrics.sum('wechat_api_requests_total');
  const points = metrics.by('access_point', 'wechat_api_duration_seconds_count');
  const delivered = metrics.sum('wechat_deliveries_total', {
    channel: 'customer-service',
    result: 'delivered',
  });
  return {
    'attempts by kind': metrics.by('kind', 'wechat_pushes_total'),
    'pushes that got a reply': of('replied'),
    'pushes that got success': of('silent', 'deferred', 'threw', 'adopted'),
    'further attempts and copies': of('joined', 'remembered'),
    'attempts with an answer time': metrics.sum('wechat_push_duration_seconds_count'),
    'refused requests': metrics.sum('wechat_push_refusals_total'),
    'refusals that count in an alarm': metrics.sum('wechat_platform_failures', { sort: 'refused' }),
    'calls by path': metrics.by('api', 'wechat_api_requests_total'),
    'refused calls': calls - metrics.sum('wechat_api_requests_total', { result: 'ok' }),
    'exchanges by access point': Object.fromEntries(
      Object.entries(points).map(([label, exchanges]) => [pointOf(label), exchanges]),
    ),
    'tokens fetched': metrics.sum('wechat_token_refreshes_total', { result: 'ok' }),
    'late messages taken': metrics.sum('wechat_api_requests_total', { api: SEND, result: 'ok' }),
    'late messages in the chat': delivered,
  };
}

const isReply = ({ verdict }: Exchange): boolean => verdict?.outcome === 'reply';
const isRefused = ({ errcode }: ApiCall): boolean => errcode !== 0;

/** Attempts that the sandbox gave up. */
export const timeouts = ({ state }: Sandbox): number =>
  count(
    state.exchanges.list().flatMap(({ tries }) => tries),
    ({ outcome }: Attempt) => outcome === 'timeout',
  );

function count<T>(list: readonly T[], holds: (one: T) => boolean): number {
  return list.filter(holds).length;
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
