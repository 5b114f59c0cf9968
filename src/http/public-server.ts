import express, { type Express } from 'express';
import { createServer, type Server } from 'node:http';
import type { Door } from './door.js';
import { hearHalfClosed } from './half-closed.js';

/** How well the server can do its work just now. `degraded`: the journal stands in for Redis. */
export type Readiness = 'ready' | 'degraded' | 'not-ready';

/**
 * The public listener: the callback of each account, `/healthz`, `/readyz`, and nothing else.
 *
 * A push goes straight to its door, before Express sees it: Express swaps the prototypes of request and response,
 * which makes every further step in node:http several times as dear (docs/decisions/0013).
 */
export function createPublicServer({
  doors,
  readiness,
  maxConnections,
}: {
  /** By path. */
  doors: ReadonlyMap<string, Door>;
  readiness: () => Readiness;
  maxConnections: number;
}): Server {
  const pages = createPages(readiness);
  const server = createServer(
    // Slow senders are cut off: node's own limits leave them a minute and more.
    {
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      const url = (request.url = originForm(request.url ?? ''));
      const end = url.indexOf('?');
      const door = doors.get(end === -1 ? url : url.slice(0, end));
      if (door === undefined) pages(request, response);
      else door(request, response);
    },
  );
  server.maxConnections = maxConnections;
  return hearHalfClosed(server);
}

/** `http://host/wechat?…` as a proxy may ask for it: only what follows the host counts. */
function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  const [origin] = /^https?:\/\/[^/?#]*/i.exec(url) ?? [];
  if (origin === undefined) return url;
  const rest = url.slice(origin.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function createPages(readiness: () => Readiness): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', (_request, response) => {
    const status = readiness();
    response.status(status === 'not-ready' ? 503 : 200).json({ status });
  });
  app.use((_request, response) => {
    response.status(404).type('text/plain').send('not found\n');
  });
  return app;
}
