import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { Server } from 'node:http';
import type { DeferredQueue } from '../ports/deferred-queue.js';
import type { OperationsView } from '../operations/operations.js';
import { packageVersion } from '../package-version.js';
import { systemClock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { RouteRow } from '../handler-runtime/router.js';
import type { AccountView } from '../pipeline/account.js';
import type { DeadLetterQueue } from '../pipeline/dead-letters/dead-letter-queue.js';
import { createHttpServer } from './http-server.js';
import { deadLetterRoutes } from './dead-letter-routes.js';
import type { Readiness } from './public-server.js';
import { metricsRoute, operationsRoutes } from './operations-routes.js';
import { createKeyGuesses, type KeyGuesses } from './key-guesses.js';
import { safeEqual } from './safe-equal.js';
import { addressOf, type TokenRoutes } from './token-routes.js';

/**
 * The second listener, for operators: what runs, what waits, what died. Bound to loopback unless there is a key.
 * Shows no secrets, and message texts only where they are asked for.
 */
export function createAdminServer({
  key,
  letters,
  buried,
  queue,
  readiness,
  routes,
  accounts,
  tokenRoutes,
  operations,
  metricsKey,
  log,
}: {
  key: string | undefined;
  letters: DeadLetterQueue;
  /** Dead letters of this process since its start, by reason. */
  buried: () => Readonly<Record<string, number>>;
  queue: DeferredQueue;
  readiness: () => Readiness;
  routes: () => readonly RouteRow[];
  accounts: () => readonly AccountView[];
  tokenRoutes: TokenRoutes;
  operations: OperationsView;
  /** Opens /metrics, and nothing else. */
  metricsKey: string | undefined;
  log: Logger;
}): Server {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set(SECURITY_HEADERS);
    next();
  });
  const refuse: Refuse = (request, response, hint) => {
    const from = addressOf(request);
    log.warn({ from, method: request.method, path: request.path }, 'an admin request was refused');
    response.status(401).json({ error: 'unauthorized', hint });
  };
  app.use(rejectForeignPages(refuse));
  if (key === undefined) app.use(rejectBrowserPages(refuse));
  const metrics = metricsRoute(operations, metricsKey);
  app.use(metrics.byOwnKey);
  app.use(tokenRoutes.wechat); // before the key: they bring their own secret
  if (key !== undefined) app.use(requireKey(key, refuse, createKeyGuesses(systemClock, log)));
  app.use(tokenRoutes.accounts);
  app.get('/status', async (_request, response) => {
    const lateWork = await queue.counts().catch(() => null);
    response.json({
      status: readiness(),
      uptimeS: Math.round(process.uptime()),
      version: packageVersion(),
      lateWork,
      accounts: accounts(),
      waitingJobs: lateWork && lateWork.waiting + lateWork.delayed + lateWork.active,
      deadLetters: buried(),
      alarms: operations.alarms.inForce(),
      routes: routes(),
    });
  });
  app.use(requireJson);
  app.use(metrics.behindAdminKey);
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
  return createHttpServer(app);
}

type Refuse = (request: Request, response: Response, hint: string) => void;

/** `Authorization: Bearer <ADMIN_KEY>`. */
function requireKey(key: string, refuse: Refuse, guesses: KeyGuesses): RequestHandler {
  return (request, response, next) => {
    const from = addressOf(request);
    const shown = request.headers.authorization ?? '';
    if (guesses.isBlocked(from)) {
      response.status(429).set('retry-after', '60').json({ error: 'too_many_guesses' });
      return;
    }
    if (safeEqual(shown, `Bearer ${key}`)) return next();
    // Once for a burst: what is blocked is not looked at, and not logged.
    if (shown !== '') guesses.note(from, shown);
    refuse(request, response, 'send Authorization: Bearer <ADMIN_KEY>');
  };
}

/** What changes something comes with a JSON body, which no form of a page can send. */
const requireJson: RequestHandler = (request, response, next) => {
  if (request.method !== 'POST' || typeof request.is('application/json') === 'string') next();
  else response.status(415).json({ error: 'json_expected', message: 'send a JSON body, such as {}' });
};

/** A page of another site, which a browser sends here with whatever cookies and network it has. */
function rejectForeignPages(refuse: Refuse): RequestHandler {
  return (request, response, next) => {
    const site = request.headers['sec-fetch-site'];
    if (site === undefined || site === 'none' || site === 'same-origin') next();
    else refuse(request, response, 'not from a page of another site');
  };
}

/** Nothing of the admin listener is to be kept, guessed at or embedded by a browser. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Express found the request malformed: `%E0%A4%A` in its path, JSON that is none. */
const isUnreadable = (error: unknown): boolean => {
  const status: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 500;
};

/** Without a key the listener is on loopback, where a page in a browser must still be kept out. */
function rejectBrowserPages(refuse: Refuse): RequestHandler {
  return (request, response, next) => {
    // A name that a stranger's DNS points at loopback is not one of these.
    const isOurs = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(request.headers.host ?? '');
    if (isOurs && request.headers.origin === undefined) next();
    else refuse(request, response, 'call it by localhost or 127.0.0.1 and not from a page, or set ADMIN_KEY');
  };
}
