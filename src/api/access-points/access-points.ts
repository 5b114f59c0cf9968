import type { Clock } from '../../ports/clock.js';
import { noEvents, type Events } from '../../ports/events.js';
import { HttpFailure, type HttpClient, type HttpContent } from '../../ports/http-client.js';
import type { Logger } from '../../ports/logger.js';
import { Host, type HealthState } from './host.js';
import { HostSelector } from './active-host.js';
import { STALL_MS, HealthMonitor } from './health-monitor.js';
import { ApiRefused, ApiUnreachable, type UnreachableKind } from '../api-error.js';
import { readAnswer, type JsonObject, type ReadResponse } from '../response.js';

/** A complete request except the host. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with `/`. The only part of the address that errors and logs contain. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  /** A form with a file, instead of `body`. */
  readonly content?: HttpContent;
  /** Limit of the answer. Default 8 MiB. */
  readonly maxBytes?: number;
  /** True if the call can be repeated safely. */
  readonly idempotent: boolean;
  /** Limit for each host, including the connection. */
  readonly timeoutMs: number;
  /** Limit for all hosts together. Default: twice `timeoutMs`. */
  readonly totalMs?: number;
  readonly signal?: AbortSignal;
  /** Secret values in the body, which errors must not contain. Those in the query are recognized by name. */
  readonly secrets?: readonly string[];
}

/** Shorter values would also match ordinary words. */
const MIN_SECRET = 6;
/** Names of the query whose values are secret. */
const SECRET_PARAMETERS = ['access_token', 'refresh_token', 'secret', 'code', 'ticket'] as const;

/** A call that somebody else makes, host by host. */
export type HostPlan = Pick<ApiRequest, 'path' | 'idempotent' | 'timeoutMs' | 'totalMs' | 'signal'>;

/** One host, and the time that it is given. */
export interface HostAttempt {
  /** Without a slash at its end. */
  readonly base: string;
  /** For errors: without path and credentials. */
  readonly accessPoint: string;
  readonly timeoutMs: number;
  /** Absent: connecting may take all of `timeoutMs`, since no other host is left. */
  readonly connectMs?: number;
}

/**
 * Presents all hosts of the API as one.
 *
 * @throws ApiRefused      the first host that answered refused; no other host is called
 * @throws ApiUnreachable  no host gave a usable answer; `sent` if one of them may have executed the call
 */
export interface AccessPoints {
  exchange(exchange: ApiRequest): Promise<JsonObject>;
}

/** Manages the hosts. One pool serves all accounts of a process, because hosts fail for all of them. */
export interface AccessPointPool extends AccessPoints {
  /** Makes a request whose answer may not be JSON. Errors of `read` are treated like failures of the request. */
  request<T>(exchange: ApiRequest, read: ReadResponse<T>): Promise<T>;
  /**
   * Makes a call by `attempt`, at the first host that works, under the same rules. `attempt` throws `HttpFailure`,
   * `ApiRefused` or `ApiUnreachable`.
   */
  through<T>(plan: HostPlan, attempt: (host: HostAttempt) => Promise<T>): Promise<T>;
  status(): AccessPointsStatus;
  /** Starts probes of the hosts if there is more than one. Its timers do not keep the process alive. */
  start(): void;
  stop(): void;
}

export interface AccessPointsStatus {
  /** As configured. */
  readonly points: readonly AccessPointStatus[];
  /** Number of changes of the host since the process started. */
  readonly switches: number;
}

export interface AccessPointStatus {
  readonly host: string;
  /** True if calls use this host now. */
  readonly isCurrent: boolean;
  readonly trust: HealthState;
  /** Smoothed duration of the latest probes, without DNS. */
  readonly answerMs?: number;
  /** Number of answered calls, without probes. */
  readonly answered: number;
  readonly failed: number;
  readonly lastFailure?: { readonly kind: UnreachableKind; readonly atMs: number };
}

/** Limit of connecting while there is another host. One lost packet costs a second. */
const CONNECT_MS = 1_500;
/** A timeout after less than this is not counted against a host. */
const MIN_FAIR_TIMEOUT_MS = 1_000;

/**
 * Makes calls at the first host that works. After a failure it tries the next one, each at most once; a call that must
 * not happen twice moves on only if it certainly never arrived. docs/decisions/0015-access-points.md
 */
export function createAccessPoints(deps: {
  /** Base addresses without query, such as `https://api.weixin.qq.com`; at least one. The first is preferred. */
  readonly urls: readonly string[];
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events?: Events;
  /** From 0 up to 1. */
  readonly random?: () => number;
}): AccessPointPool {
  const { http, clock, log, events = noEvents, random = Math.random } = deps;
  const [first, ...rest] = deps.urls.map((url) => new Host(url));
  if (first === undefined) throw new RangeError('no access point is configured');
  const hosts = [first, ...rest] as const;
  const selector = new HostSelector(hosts, log);
  const monitor = new HealthMonitor(hosts, selector, { http, clock, log, random });

  /** Makes one attempt and notes how the host did. `isTimed`: it should answer as soon as a probe would. */
  async function watch<T>(host: Host, path: string, isTimed: boolean, attempt: () => Promise<T>): Promise<T> {
    const startMs = clock.now();
    const report = (isAnswered: boolean): void =>
      events.emit({
        type: 'access-point.asked',
        accessPoint: host.name,
        ms: clock.now() - startMs,
        answered: isAnswered,
      });
    const answered = () => {
      report(true);
      monitor.answered(host, isTimed ? clock.now() - startMs : undefined);
    };
    const stall = () => void monitor.onStall(host).catch(() => {});
    const notStalled =
      isTimed && monitor.isOn ? clock.schedule(STALL_MS, stall, { background: true }) : undefined;
    try {
      const result = await attempt();
      answered();
      return result;
    } catch (error) {
      if (!(error instanceof ApiRefused)) report(false);
      if (error instanceof HttpFailure) {
        const { sent, kind, message } = error;
        throw new ApiUnreachable(path, message, { sent, kind, accessPoint: host.name });
      }
      if (error instanceof ApiRefused) answered();
      throw error;
    } finally {
      notStalled?.();
    }
  }

  async function request<T>(exchange: ApiRequest, read: ReadResponse<T>): Promise<T> {
    const { method, path, query, body, content, maxBytes, signal } = exchange;
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const isTimed = content === undefined && maxBytes === undefined;
    return ask(exchange, isTimed, async ({ base, accessPoint, ...times }) => {
      const response = await http({
        method,
        url: `${base}${path}${search}`,
        ...times,
        ...(body !== undefined && { body }),
        ...(content !== undefined && { content }),
        ...(maxBytes !== undefined && { maxBytes }),
        ...(signal && { signal }),
      });
      return read(path, response, accessPoint, secretsOf(exchange));
    });
  }

  async function ask<T>(
    plan: HostPlan,
    isTimed: boolean,
    attempt: (host: HostAttempt) => Promise<T>,
  ): Promise<T> {
    const { path, idempotent, timeoutMs, totalMs = 2 * timeoutMs, signal } = plan;
    const endMs = clock.now() + totalMs;
    let sent = false;
    let last: ApiUnreachable | undefined;
    monitor.recover();
    const order = selector.order();
    for (const host of order) {
      const tryMs = Math.min(timeoutMs, endMs - clock.now());
      if (isAborted(signal) || tryMs <= 0) break;
      const isLast = host === order.at(-1);
      try {
        const connectMs = isLast ? {} : { connectMs: Math.min(CONNECT_MS, tryMs) };
        const { base, name: accessPoint } = host;
        return await watch(host, path, isTimed, () =>
          attempt({ base, accessPoint, timeoutMs: tryMs, ...connectMs }),
        );
      } catch (error) {
        if (!(error instanceof ApiUnreachable)) throw error;
        sent ||= error.sent;
        last = error;
        if (isAborted(signal)) throw error; // we aborted it, so it says nothing about the host
        host.calls.failed += 1;
        if (error.kind !== 'answer-timeout' || tryMs >= Math.min(timeoutMs, MIN_FAIR_TIMEOUT_MS))
          monitor.failed(host, error.kind, error.why);
        log.debug({ endpoint: path, accessPoint: host.name, sent: error.sent }, `call failed: ${error.why}`);
        if (error.sent && !idempotent) throw error;
      }
    }
    throw new ApiUnreachable(path, last?.why ?? 'given up before it was sent', {
      sent,
      kind: last?.kind ?? 'aborted',
      accessPoint: last?.accessPoint,
    });
  }

  return {
    request,
    exchange: (exchange) => request(exchange, readAnswer),
    through: (plan, attempt) => ask(plan, false, attempt),
    start: () => monitor.start(),
    stop: () => monitor.stop(),
    status: () => ({
      points: hosts.map((host) => ({
        host: host.name,
        isCurrent: host === selector.current,
        trust: host.trust,
        ...(host.answerMs !== undefined && { answerMs: host.answerMs }),
        ...host.calls,
        ...(host.lastFailure !== undefined && { lastFailure: host.lastFailure }),
      })),
      switches: selector.switches,
    }),
  };
}

function secretsOf({ query = {}, secrets = [] }: ApiRequest): readonly string[] {
  return [...SECRET_PARAMETERS.map((name) => query[name] ?? ''), ...secrets].filter(
    ({ length }) => length >= MIN_SECRET,
  );
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
