import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Logger } from '../ports/logger.js';
import type { CallbackHandler } from './callback-endpoint.js';
import { allowHalfOpen } from './allow-half-open.js';
import { createHttpServer } from './http-server.js';
import { reportStrayPushes } from './stray-pushes.js';
import type { NodeMiddleware } from './browser-response.js';

/** How well the server can do its work just now. `degraded`: the journal stands in for Redis. */
export type Readiness = 'ready' | 'degraded' | 'not-ready';

/**
 * The public listener: the callback of each account, what web pages ask for, `/healthz`, `/readyz`, and nothing else.
 * A path may end in a slash or not.
 *
 * Express is no part of it: it would make each request several times as dear (docs/decisions/0013), those of strangers
 * too.
 */
export function createPublicServer({
  handlers,
  pages,
  readiness,
  maxConnections,
  log,
}: {
  /** By path. */
  handlers: ReadonlyMap<string, CallbackHandler>;
  /** By the path below which they answer. */
  pages: ReadonlyMap<string, NodeMiddleware>;
  readiness: () => Readiness;
  maxConnections: number;
  log: Logger;
}): Server {
  const report = reportStrayPushes([...handlers.keys()], log);
  const callbacks = new Map<string, CallbackHandler>();
  for (const [path, handler] of handlers)
    for (const spelling of spellings(path)) callbacks.set(spelling, handler);

  const server = createHttpServer((request, response) => {
    const url = (request.url = originForm(request.url ?? ''));
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    const handler = callbacks.get(path);
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
    for (const [below, page] of pages) {
      if (path !== below && !path.startsWith(`${below}/`)) continue;
      const url = (request.url ?? '').slice(below.length);
      request.url = url.startsWith('/') ? url : `/${url}`;
      return page(request, response);
    }
    report(path, request.url ?? '', request.socket.remoteAddress);
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

const spellings = (path: string): readonly string[] => (path === '/' ? [path] : [path, `${path}/`]);

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** `http://host/wechat?…` as a proxy may ask for it: only what follows the host counts. */
function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(url) ?? [];
  if (origin === undefined) return url;
  const rest = url.slice(origin.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
