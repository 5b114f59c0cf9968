import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { DeferredQueue } from '../ports/deferred-queue.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { RouteRow } from '../handling/router.js';
import type { Readiness } from './public-server.js';

const LETTERS_SHOWN = 100;

/**
 * The second listener, for operators: what runs, what waits, what died. Bound to loopback unless there is a key.
 * Shows no message texts and no secrets.
 */
export function createAdminServer({
  key,
  store,
  queue,
  readiness,
  routes,
  log,
}: {
  key: string | undefined;
  store: StateStore;
  queue: DeferredQueue;
  readiness: () => Readiness;
  routes: () => readonly RouteRow[];
  log: Logger;
}): Server {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(demandKey(key));
  app.get('/status', async (_request, response) => {
    response.json({
      status: readiness(),
      uptimeS: Math.round(process.uptime()),
      waitingJobs: await queue.size().catch(() => null),
      routes: routes(),
    });
  });
  app.get('/dead-letters', async (_request, response) => {
    const letters = await store.deadLetters(LETTERS_SHOWN);
    response.json(
      letters.map(({ push: _text, messages, ...letter }) => ({ ...letter, messages: messages.length })),
    );
  });
  app.use((_request, response) => {
    response.status(404).json({ error: 'not_found' });
  });
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    log.error({ err: error }, 'an admin request failed');
    response.status(503).json({ error: 'unavailable' });
  };
  app.use(onError);
  return createServer({ headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 }, app);
}

/** `Authorization: Bearer <ADMIN_KEY>`, where a key is set. Without one, a page in a browser is still kept out. */
function demandKey(key: string | undefined): RequestHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = key === undefined ? undefined : digest(`Bearer ${key}`);
  return (request, response, next) => {
    const allowed =
      expected === undefined
        ? // A name that a stranger's DNS points at loopback is not one of these.
          /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(request.headers.host ?? '') &&
          request.headers.origin === undefined
        : timingSafeEqual(digest(request.headers.authorization ?? ''), expected);
    if (allowed) next();
    else response.status(401).json({ error: 'unauthorized', hint: 'send Authorization: Bearer <ADMIN_KEY>' });
  };
}
