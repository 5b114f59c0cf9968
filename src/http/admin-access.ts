import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from '../ports/logger.js';
import type { KeyGuesses } from './key-guesses.js';
import type { OperatorSessions } from './operator-sessions.js';
import { safeEqual } from './safe-equal.js';
import { addressOf } from './token-routes.js';

/** Answers 401 and logs it. */
export type Refuse = (request: Request, response: Response, hint: string) => void;

export function createRefuse(log: Logger): Refuse {
  return (request, response, hint) => {
    const from = addressOf(request);
    log.warn({ from, method: request.method, path: request.path }, 'admin request refused');
    response.status(401).json({ error: 'unauthorized', hint });
  };
}

/** Requires `Authorization: Bearer <ADMIN_KEY>`, or with `sessions` the cookie of the operator's page. */
export function requireKey({
  key,
  guesses,
  refuse,
  sessions,
}: {
  readonly key: string;
  readonly guesses: KeyGuesses;
  readonly refuse: Refuse;
  readonly sessions?: OperatorSessions;
}): RequestHandler {
  return (request, response, next) => {
    const from = addressOf(request);
    const shown = request.headers.authorization ?? '';
    if (shown === '' && isOwnPage(request) && sessions?.read(request) !== undefined) return next();
    // While an address is blocked, its keys are not checked and nothing is logged: one line per burst is enough.
    if (guesses.isBlocked(from)) {
      response.status(429).set('retry-after', '60').json({ error: 'too_many_guesses' });
      return;
    }
    if (safeEqual(shown, `Bearer ${key}`)) return next();
    if (shown !== '') guesses.note(from, shown);
    refuse(request, response, 'send Authorization: Bearer <ADMIN_KEY>');
  };
}

/** Requires a JSON body for every change, because an HTML form cannot send one. */
export const requireJson: RequestHandler = (request, response, next) => {
  if (request.method !== 'POST' || typeof request.is('application/json') === 'string') next();
  else response.status(415).json({ error: 'json_expected', message: 'send a JSON body, such as {}' });
};

/** Rejects requests that a page of another site makes with the browser's cookies and network. */
export function rejectForeignPages(refuse: Refuse): RequestHandler {
  return (request, response, next) => {
    const site = request.headers['sec-fetch-site'];
    if (site === undefined || site === 'none' || site === 'same-origin') next();
    else refuse(request, response, 'not from a page of another site');
  };
}

/**
 * Rejects requests of other pages. Without a key the listener is on loopback, which any page in a local browser
 * reaches.
 */
export function rejectBrowserPages(refuse: Refuse): RequestHandler {
  return (request, response, next) => {
    // Excludes names that a foreign DNS server resolves to loopback (DNS rebinding).
    const isOurs = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(request.headers.host ?? '');
    if (isOurs && hasOwnOrigin(request)) next();
    else refuse(request, response, 'call it by localhost or 127.0.0.1 and not from a page, or set ADMIN_KEY');
  };
}

/** True if the browser names our own page as the sender, by `Sec-Fetch-Site` or, in older browsers, by `Origin`. */
function isOwnPage(request: Request): boolean {
  return request.headers['sec-fetch-site'] === 'same-origin' || hasOwnOrigin(request);
}

/** True if no page sends the request, or a page of this address. */
function hasOwnOrigin({ headers: { host = '', origin } }: Request): boolean {
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
