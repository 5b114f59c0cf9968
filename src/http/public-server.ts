import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Events } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';
import type { CallbackHandler } from './callback-endpoint.js';
import { allowHalfOpen } from './allow-half-open.js';
import { clientAddress, type Trust } from './client-address.js';
import { createHttpServer } from './http-server.js';
import { reportStrayPushes } from './stray-pushes.js';
import type { NodeMiddleware } from './browser-response.js';

/** State of the server for `/readyz`. `degraded`: the journal replaces Redis. */
export type Readiness = 'ready' | 'degraded' | 'not-ready';

/**
 * Creates the public listener: the callback of each account, routes for web pages, `/healthz` and `/readyz`. A trailing
 * slash makes no difference.
 *
 * It does not use Express, which would make each request several times as expensive (docs/decisions/0013).
 */
export function createPublicServer({
  handlers,
  pages,
  readiness,
  draining,
  trust,
  maxConnections,
  log,
  events,
}: {
  /** Callback handlers by path; they change with the accounts. */
  handlers: () => ReadonlyMap<string, CallbackHandler>;
  /** Page routes by their base path. */
  pages: () => ReadonlyMap<string, NodeMiddleware>;
  readiness: () => Readiness;
  /** A stop began: connections are not kept, so that the next request goes to another process. */
  draining: () => boolean;
  trust: Trust;
  maxConnections: number;
  log: Logger;
  events: Events;
}): Server {
  const report = reportStrayPushes(() => [...handlers().keys()], log, events);

  const server = createHttpServer((request, response) => {
    if (draining()) response.shouldKeepAlive = false;
    const url = (request.url = originForm(request.url ?? ''));
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    const callbacks = handlers();
    const handler = callbacks.get(path) ?? callbacks.get(withoutSlash(path));
    if (handler === undefined) answerRest(path, request, response);
    else handler(request, response);
  });
  server.maxConnections = maxConnections;
  return allowHalfOpen(server);

  function answerRest(path: string, request: IncomingMessage, response: ServerResponse): void {
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const place = withoutSlash(path);
    if (isReading && place === '/healthz') return say(response, 200, JSON_TYPE, '{"status":"ok"}');
    if (isReading && place === '/readyz') {
      const status = readiness();
      return say(response, status === 'not-ready' ? 503 : 200, JSON_TYPE, JSON.stringify({ status }));
    }
    for (const [below, page] of pages()) {
      if (path !== below && !path.startsWith(`${below}/`)) continue;
      const url = (request.url ?? '').slice(below.length);
      request.url = url.startsWith('/') ? url : `/${url}`;
      return page(request, response);
    }
    report(path, request.url ?? '', clientAddress(request, trust));
    say(response, 404, 'text/plain; charset=utf-8', 'not found\n');
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';

function say(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** Removes scheme and host from a URL in absolute form, which a proxy may send. */
function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(url) ?? [];
  if (origin === undefined) return url;
  const rest = url.slice(origin.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
