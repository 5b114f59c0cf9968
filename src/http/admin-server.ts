import express, { type ErrorRequestHandler } from 'express';
import type { Server } from 'node:http';
import type { OperationsView } from '../operations/operations.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { DeadLetterQueue } from '../pipeline/dead-letters/dead-letter-queue.js';
import {
  createRefuse,
  rejectBrowserPages,
  rejectForeignPages,
  requireJson,
  requireKey,
} from './admin-access.js';
import type { Trust } from './client-address.js';
import type { GatewayRoutes } from './gateway-routes.js';
import { createHttpServer } from './http-server.js';
import { deadLetterRoutes } from './dead-letter-routes.js';
import { metricsRoute, operationsRoutes } from './operations-routes.js';
import type { KeyGuesses } from './key-guesses.js';
import type { LiveEvents } from './live-events.js';
import { operatorPage, sessionRoutes } from './operator-routes.js';
import { createOperatorSessions } from './operator-sessions.js';
import { addressOf, type TokenRoutes } from './token-routes.js';

/**
 * Creates the admin listener: status, metrics, dead letters and the operator's page. Bound to loopback unless there is
 * a key. Shows no secrets, and message texts only on request.
 */
export function createAdminServer({
  key,
  letters,
  status,
  tokenRoutes,
  gateway,
  operations,
  metricsKey,
  guesses,
  live,
  trust = () => false,
  clock,
  log,
}: {
  key: string | undefined;
  letters: DeadLetterQueue;
  /** Makes the answer of `GET /status`. */
  status: () => Promise<object>;
  tokenRoutes: TokenRoutes;
  /** WeChat's API for other programs. Absent: it is not passed on. */
  gateway?: GatewayRoutes | undefined;
  operations: OperationsView;
  /** Key for /metrics alone. */
  metricsKey: string | undefined;
  guesses: KeyGuesses;
  /** The events that the operator's page shows as they happen. */
  live: LiveEvents;
  /** Default: nobody's X-Forwarded-For is believed. */
  trust?: Trust;
  clock: Clock;
  log: Logger;
}): Server {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trust);
  app.use((_request, response, next) => {
    response.set(SECURITY_HEADERS);
    next();
  });
  const refuse = createRefuse(log);
  const sessions = key === undefined ? undefined : createOperatorSessions(key, clock);
  const access = key === undefined || sessions === undefined ? undefined : { key, sessions, guesses };
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.use(operatorPage); // without a check of the origin: a link in a chat must work
  app.use(rejectForeignPages(refuse));
  if (key === undefined) app.use(rejectBrowserPages(refuse));
  const metrics = metricsRoute(operations, metricsKey);
  app.get('/metrics', metrics.byOwnKey);
  if (gateway !== undefined) app.use(gateway.base);
  app.use(tokenRoutes.wechat); // before the key: these requests have their own secret
  if (gateway !== undefined) app.use(gateway.calls); // before the key: these requests have a token
  app.use(sessionRoutes({ access, log }));
  // The page does not need tokens, so its session gives no access to them.
  if (access !== undefined) app.use('/accounts', requireKey({ key: access.key, guesses, refuse }));
  app.use(tokenRoutes.accounts);
  if (access !== undefined) app.use(requireKey({ ...access, refuse }));
  app.get('/status', async (_request, response) => {
    response.json(await status());
  });
  app.get('/events', (request, response) => {
    live.stream(request, response, sessions?.read(request)?.endsAtMs);
  });
  app.use(requireJson);
  app.use((request, response, next) => {
    if (request.method !== 'GET') response.on('finish', () => live.touch('dead-letters', 'status'));
    next();
  });
  app.get('/metrics', metrics.answer);
  app.use(operationsRoutes(operations));
  app.use(deadLetterRoutes(letters, log));
  app.use((_request, response) => {
    response.status(404).json({ error: 'not_found' });
  });
  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    if (isUnreadable(error)) {
      log.warn(
        { from: addressOf(request), method: request.method },
        'admin request refused: it is malformed',
      );
      response.status(400).json({ error: 'bad_request', message: 'the path or the body cannot be read' });
      return;
    }
    log.error({ err: error }, 'admin request failed');
    response.status(503).json({ error: 'unavailable' });
  };
  app.use(onError);
  // Ten megabytes over a slow line take longer than any request of an operator.
  return createHttpServer(app, gateway === undefined ? {} : { requestTimeoutMs: UPLOAD_MS });
}

const UPLOAD_MS = 120_000;

/** Browsers must not cache, sniff or embed responses of the admin listener. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** True if Express found the request malformed, such as `%E0%A4%A` in the path or invalid JSON. */
const isUnreadable = (error: unknown): boolean => {
  const status: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 500;
};
