import { lookAtRedis } from '../../adapters/redis/look-at-redis.js';
import { ConfigInvalid, readConfig, type AccountConfig, type Config } from '../../config/config.js';
import type { Clock } from '../../ports/clock.js';
import type { HttpClient } from '../../ports/http-client.js';
import { findAccount } from '../find-account.js';
import type { Facts, SettingsFacts } from './facts.js';
import { playWechat } from './probe/play-wechat.js';
import { probeAccessPoints } from './probe/access-points.js';
import { probeAccount } from './probe/account.js';
import { probeDataDir } from './probe/data-dir.js';
import { probeHandlers } from './probe/handlers.js';
import { findRunningServer, probeListener } from './probe/listener.js';
import { probeUrl, type UrlFacts } from './probe/url.js';
import type { StepId } from './step.js';

export interface DoctorRequest {
  readonly env: NodeJS.ProcessEnv;
  /** The callback URL in WeChat's console. Default: PUBLIC_URL and the account's path, else our own listener. */
  readonly url?: URL;
  /** Name or AppID. Default: the first. */
  readonly account?: string;
}

export interface DoctorDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** Duration of the probes, by step. */
export type Times = Partial<Readonly<Record<StepId, number>>>;

/** Reads the configuration as `serve` does. @throws UsageInvalid if there is no such account */
export function readSettings({ env, account }: Pick<DoctorRequest, 'env' | 'account'>): SettingsFacts {
  try {
    const config = readConfig(env);
    return { config, account: findAccount(config, account), warnings: config.warnings };
  } catch (error) {
    if (error instanceof ConfigInvalid) return { faults: error.words };
    throw error;
  }
}

/** URL of the callback, and the source of that URL. */
export function callbackUrl(
  config: Config,
  account: AccountConfig,
  given: URL | undefined,
): { readonly url: URL; readonly from: UrlFacts['from'] } {
  if (given !== undefined) return { url: given, from: 'option' };
  if (config.publicUrl !== undefined)
    return { url: new URL(config.publicUrl + account.path), from: 'settings' };
  const host = /^(0\.0\.0\.0|\[?::\]?)$/.test(config.public.host) ? '127.0.0.1' : config.public.host;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return { url: new URL(`http://${name}:${config.public.port}${account.path}`), from: 'listener' };
}

/** Collects all facts in order, without judging them. A failed probe skips those that depend on it. */
export async function collectFacts(
  settings: SettingsFacts,
  request: DoctorRequest,
  deps: DoctorDeps,
  onLook: (id: StepId) => void = () => {},
): Promise<{ readonly facts: Facts; readonly times: Times }> {
  if (!('config' in settings)) return { facts: { settings, nowMs: deps.clock.now() }, times: {} };
  const { config, account } = settings;
  const times: { [id in StepId]?: number } = {};

  async function look<T>(id: StepId, work: () => Promise<T>): Promise<T> {
    onLook(id);
    const startMs = performance.now();
    return work().finally(() => (times[id] = Math.round(performance.now() - startMs)));
  }

  const handlers = await look('handlers', () => probeHandlers(config.handlersDir, config.accounts));
  const dataDir = await look('data-dir', () => probeDataDir(config.dataDir));
  const { redis: address } = config;
  const redis = address === undefined ? undefined : await look('redis', () => lookAtRedis(address));
  const accessPoints = await look('access-points', () => probeAccessPoints(config.apiBaseUrls, deps));
  const before = await look('listener', () => probeListener(config, deps.http));
  const { url: target, from } = callbackUrl(config, account, request.url);
  const url = await look('url-connect', () => probeUrl(target, from));
  const isReached =
    url.nameError === undefined && url.connectError === undefined && url.tls?.error === undefined;
  const callback = isReached
    ? await look('answer', () => playWechat(target.href, account, deps.http))
    : undefined;
  // Reads the status again: only now it shows the requests that the server refused during the probe.
  const listener = callback === undefined ? before : { ...before, admin: await findRunningServer(config) };
  const isAnyUp = accessPoints.some(({ error }) => error === undefined);
  const api = isAnyUp ? await look('secret', () => probeAccount(config, account, deps)) : undefined;
  return {
    facts: {
      settings,
      nowMs: deps.clock.now(),
      handlers,
      dataDir,
      accessPoints,
      listener,
      url,
      ...(redis !== undefined && { redis }),
      ...(callback !== undefined && { callback }),
      ...(api !== undefined && { account: api }),
    },
    times,
  };
}
