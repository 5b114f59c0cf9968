import type { Clock } from '../ports/clock.js';
import { noEvents, type Events } from '../ports/events.js';
import { HttpFailure, type HttpClient, type HttpContent } from '../ports/http-client.js';
import type { Logger } from '../ports/logger.js';
import { Host, type HealthState } from './access-points/host.js';
import { HostSelector } from './access-points/active-host.js';
import { STALL_MS, HealthMonitor } from './access-points/health-monitor.js';
import { ApiRefused, ApiUnreachable, type UnreachableKind } from './api-error.js';
import { readAnswer, type JsonObject, type ReadResponse } from './response.js';

/** One call, complete but for the host. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with `/`. The only part of the address that errors and logs name. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  /** In place of `body`: a form with a file. */
  readonly content?: HttpContent;
  /** Longest answer. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Whether the call may be made twice without harm. */
  readonly idempotent: boolean;
  /** For each host that is tried, connecting included. */
  readonly timeoutMs: number;
  /** For all of them together. Default: twice `timeoutMs`. */
  readonly totalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The API's hosts as callers see them: one.
 *
 * @throws ApiRefused      the first host that answered said no; no other is asked
 * @throws ApiUnreachable  no host gave a usable answer; `sent` when one of them may have taken the call
 */
export interface AccessPoints {
  exchange(exchange: ApiRequest): Promise<JsonObject>;
}

/** The hosts themselves. One pool serves all accounts of a process, because hosts fail for all of them. */
export interface AccessPointPool extends AccessPoints {
  /** `exchange` for answers that are not plain JSON. An error that `read` throws is treated as its own would be. */
  request<T>(exchange: ApiRequest, read: ReadResponse<T>): Promise<T>;
  status(): AccessPointsStatus;
  /** Lets probes decide who is well, where there is more than one host. Keeps no process alive. */
  start(): void;
  stop(): void;
}

export interface AccessPointsStatus {
  /** As configured. */
  readonly points: readonly AccessPointStatus[];
  /** How often calls moved to another host since the process began. */
  readonly switches: number;
}

export interface AccessPointStatus {
  readonly host: string;
  /** Calls go there now. */
  readonly isCurrent: boolean;
  readonly trust: HealthState;
  /** Of the latest probes, smoothed; the look-up of the name is not in it. */
  readonly answerMs?: number;
  /** Calls, probes apart. */
  readonly answered: number;
  readonly failed: number;
  readonly lastFailure?: { readonly kind: UnreachableKind; readonly atMs: number };
}

/** How long a connection may take while there is another host to ask. One lost packet costs a second. */
const CONNECT_MS = 1_500;
/** A host that was given less is not to blame for a timeout. */
const MIN_FAIR_TIMEOUT_MS = 1_000;

/**
 * Makes calls at the first host that works. After a failure the next one is asked, each at most once, but a call that
 * must not happen twice moves on only when it certainly never arrived. docs/decisions/0015-access-points.md
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

  async function requestHost<T>(
    host: Host,
    exchange: ApiRequest,
    read: ReadResponse<T>,
    times: { timeoutMs: number; connectMs?: number },
  ): Promise<T> {
    const { method, path, query, body, content, maxBytes, signal } = exchange;
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const startMs = clock.now();
    const isTimed = content === undefined && maxBytes === undefined;
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
      const response = await http({
        method,
        url: `${host.base}${path}${search}`,
        ...times,
        ...(body !== undefined && { body }),
        ...(content !== undefined && { content }),
        ...(maxBytes !== undefined && { maxBytes }),
        ...(signal && { signal }),
      });
      const result = read(path, response, host.name);
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

  async function ask<T>(exchange: ApiRequest, read: ReadResponse<T>): Promise<T> {
    const { path, idempotent, timeoutMs, totalMs = 2 * timeoutMs, signal } = exchange;
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
        return await requestHost(host, exchange, read, { timeoutMs: tryMs, ...connectMs });
      } catch (error) {
        if (!(error instanceof ApiUnreachable)) throw error;
        sent ||= error.sent;
        last = error;
        if (isAborted(signal)) throw error; // given up by us: says nothing about the host
        host.calls.failed += 1;
        if (error.kind !== 'answer-timeout' || tryMs >= Math.min(timeoutMs, MIN_FAIR_TIMEOUT_MS))
          monitor.failed(host, error.kind, error.why);
        log.debug({ endpoint: path, accessPoint: host.name, sent: error.sent }, `no answer: ${error.why}`);
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
    request: ask,
    exchange: (exchange) => ask(exchange, readAnswer),
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

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
