import express, { Router, type RequestHandler } from 'express';
import { readPageFile } from '../page-files.js';
import type { Logger } from '../ports/logger.js';
import { requireJson } from './admin-access.js';
import type { KeyGuesses } from './key-guesses.js';
import type { OperatorSessions } from './operator-sessions.js';
import { safeEqual } from './safe-equal.js';
import { addressOf } from './token-routes.js';

const FOLDER = 'operator-page';

/** Serves the files of the operator's page. They contain no data of this server, so they need no key. */
export const operatorPage: RequestHandler = (request, response, next) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return next();
  readPageFile(FOLDER, request.path).then(
    (file) => (file === undefined ? next() : response.set(file.headers).end(file.bytes)),
    next,
  );
};

/** The response of `/session`. A wrong key gets 200, too, because browsers log other statuses as errors. */
interface SessionAnswer {
  readonly keyNeeded: boolean;
  readonly signedIn: boolean;
  readonly why?: 'wrong_key' | 'too_many_guesses';
}

/**
 * Creates the session routes: `GET /session` tells whether the page must ask for the key, `POST` exchanges the key for
 * a session cookie, `DELETE` ends the session. Wrong keys count as guesses. Mount it before the key.
 */
export function sessionRoutes({
  access,
  log,
}: {
  /** Absent without a key; then no session is needed. */
  readonly access:
    { readonly key: string; readonly sessions: OperatorSessions; readonly guesses: KeyGuesses } | undefined;
  readonly log: Logger;
}): RequestHandler {
  const router = Router();
  router.get('/session', (request, response) => {
    const signedIn = access === undefined || access.sessions.read(request) !== undefined;
    response.json({ keyNeeded: access !== undefined, signedIn } satisfies SessionAnswer);
  });
  if (access === undefined) return router;
  const { key, sessions, guesses } = access;
  router.post('/session', requireJson, express.json({ limit: '4kb' }), (request, response) => {
    const from = addressOf(request);
    const shown = keyIn(request.body);
    const refuse = (why: NonNullable<SessionAnswer['why']>): void => {
      response.json({ keyNeeded: true, signedIn: false, why } satisfies SessionAnswer);
    };
    if (guesses.isBlocked(from)) return refuse('too_many_guesses');
    if (!safeEqual(shown, key)) {
      guesses.note(from, shown);
      log.warn({ from }, 'operator sign-in refused: wrong key');
      return refuse('wrong_key');
    }
    log.info({ from }, 'operator signed in: a session of eight hours begins');
    response.set('set-cookie', sessions.begin(request));
    response.json({ keyNeeded: true, signedIn: true } satisfies SessionAnswer);
  });
  router.delete('/session', (request, response) => {
    response.set('set-cookie', sessions.end(request));
    response.json({ keyNeeded: true, signedIn: false } satisfies SessionAnswer);
  });
  return router;
}

function keyIn(body: unknown): string {
  const key: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'key') : undefined;
  return typeof key === 'string' ? key : '';
}
