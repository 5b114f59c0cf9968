import type { Clock } from '../ports/clock.js';
import { HttpFailure, type HttpClient } from '../ports/http-client.js';
import type { Logger } from '../ports/logger.js';
import { ApiUnreachable } from './api-error.js';
import { readAnswer, type JsonObject } from './response.js';

/** One call, complete but for the host. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  /** Begins with `/`. The only part of the address that errors and logs name. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the call may be made twice without harm. */
  readonly idempotent: boolean;
  /** For each host that is tried, connecting included. */
  readonly timeoutMs: number;
  /** For all of them together. Absent: no bound but their number. */
  readonly totalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The API's hosts, in the order in which they are liked.
 *
 * @throws ApiRefused      the first host that answered said no; no other is asked
 * @throws ApiUnreachable  no host gave a usable answer; `sent` when one of them may have taken the call
 */
export interface AccessPoints {
  exchange(exchange: Exchange): Promise<JsonObject>;
}

/** How long a host that failed is asked last. */
const BAD_FOR_MS = 30_000;

/**
 * Makes calls at the first host that works. After a failure the next one is asked, each at most once, but a call that
 * must not happen twice moves on only when it certainly never arrived.
 */
export function createAccessPoints(deps: {
  /** Base addresses without query, such as `https://api.weixin.qq.com`; at least one. */
  readonly urls: readonly string[];
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Logger;
}): AccessPoints {
  const { http, clock, log } = deps;
  const points = deps.urls.map((url) => ({ base: url.replace(/\/+$/, ''), badUntilMs: 0 }));
  type Point = (typeof points)[number];

  async function askOne(point: Point, exchange: Exchange, timeoutMs: number): Promise<JsonObject> {
    const { method, path, query, body, signal } = exchange;
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const url = `${point.base}${path}${search}`;
    try {
      const response = await http({
        method,
        url,
        timeoutMs,
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      });
      return readAnswer(path, response);
    } catch (error) {
      if (error instanceof HttpFailure) throw new ApiUnreachable(path, error.message, { sent: error.sent });
      throw error;
    }
  }

  return {
    async exchange(exchange) {
      const { path, idempotent, timeoutMs, totalMs = Infinity, signal } = exchange;
      const endMs = clock.now() + totalMs;
      let sent = false;
      let why = 'given up before it was sent';
      for (const point of likedFirst(points, clock.now())) {
        const leftMs = endMs - clock.now();
        if (isAborted(signal) || leftMs <= 0) break;
        try {
          const answer = await askOne(point, exchange, Math.min(timeoutMs, leftMs));
          point.badUntilMs = 0;
          return answer;
        } catch (error) {
          if (!(error instanceof ApiUnreachable)) throw error;
          sent ||= error.sent;
          why = error.why;
          if (isAborted(signal)) throw error; // given up by us: says nothing about the host
          point.badUntilMs = clock.now() + BAD_FOR_MS;
          log.warn(
            { endpoint: path, accessPoint: hostOf(point.base), sent: error.sent },
            `access point failed: ${error.why}`,
          );
          if (error.sent && !idempotent) throw error;
        }
      }
      throw new ApiUnreachable(path, why, { sent });
    },
  };
}

function likedFirst<P extends { readonly badUntilMs: number }>(points: readonly P[], nowMs: number): P[] {
  const bad = (point: P) => Number(point.badUntilMs > nowMs);
  return [...points].sort((a, b) => bad(a) - bad(b));
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Without path and credentials. */
function hostOf(base: string): string {
  return URL.canParse(base) ? new URL(base).host : 'unreadable address';
}
