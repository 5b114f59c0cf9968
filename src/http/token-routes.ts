import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { KeyGuesses } from './key-guesses.js';
import { tokenAccountRoutes } from './token-account-routes.js';
import type { TokenRouteRequest, TokenAccount, TokenRoute } from './token-route.js';
import { tokenWechatRoutes } from './token-wechat-routes.js';

/** Far above any valid request. */
const BODY_LIMIT = '16kb';

/** Serves tokens to other programs (docs/token-centre.md). Every request is logged. */
export interface TokenRoutes {
  /** WeChat's own calls, which contain their own secret. */
  readonly wechat: RequestHandler;
  /** Mount it behind the key. */
  readonly accounts: RequestHandler;
}

export function createTokenRoutes(deps: {
  /** Those of this moment. */
  readonly accounts: () => readonly TokenAccount[];
  /** The admin key. */
  readonly key: string | undefined;
  /** Shared with the admin listener, so that guesses are counted together. */
  readonly guesses: KeyGuesses;
  readonly clock: Clock;
  readonly log: Logger;
}): TokenRoutes {
  const { accounts, key, guesses, clock, log } = deps;
  return {
    wechat: mount(tokenWechatRoutes(accounts, key, clock, guesses), log, {
      badBody: { errcode: 47001, errmsg: 'data format error' },
      wrongMethod: (method) => ({
        errcode: method === 'get' ? 43001 : 43002,
        errmsg: `require ${method.toUpperCase()} method`,
      }),
    }),
    accounts: mount(tokenAccountRoutes(accounts, clock), log, {
      badBody: {
        error: 'bad_request',
        message: 'the path cannot be read, or the body is no JSON object, or too large',
        retryable: false,
      },
    }),
  };
}

interface Complaints {
  readonly badBody: object;
  /** Body of the response to a wrong method. Absent: the request goes on to the next route. */
  readonly wrongMethod?: (method: TokenRoute['method']) => object;
}

function mount(routes: readonly TokenRoute[], log: Logger, complaints: Complaints): RequestHandler {
  const { badBody, wrongMethod } = complaints;
  const router = Router();
  const readJson = express.json({ type: () => true, limit: BODY_LIMIT });
  for (const { method, path, answer } of routes) {
    const place = path.replace(/\{(\w+)\}/g, ':$1');
    router[method](place, readJson, async (request, response) => {
      const asked = readTokenRequest(request);
      const { status = 200, body, account, what, refused } = await answer(asked);
      const by = { account, what, from: asked.from, route: `${method} ${path}`, refused };
      if (refused === undefined) log.info(by, 'token request answered');
      else log.warn(by, 'token request refused');
      response.status(status).json(body);
    });
    if (wrongMethod !== undefined)
      router.all(place, (_request, response) => response.json(wrongMethod(method)));
  }
  // Hides the error of a body parser, because it contains the body.
  const onBadBody: ErrorRequestHandler = (error: unknown, request, response, next) => {
    if (!isTheirFault(error)) {
      next(error);
      return;
    }
    const by = { what: 'unreadable request', from: addressOf(request), refused: 'bad_request' };
    log.warn(by, 'token request refused');
    response.status(wrongMethod === undefined ? 400 : 200).json(badBody);
  };
  router.use(onBadBody);
  return router;
}

/**
 * True for errors with a 4xx status: invalid JSON, too large, unknown encoding, broken compression, undecodable path.
 */
function isTheirFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

/** Returns the address of the client, as trusted proxies saw it. */
export function addressOf({ ip }: Pick<Request, 'ip'>): string {
  return (ip ?? 'unknown').replace(/^::ffff:/, '');
}

function readTokenRequest(request: Request): TokenRouteRequest {
  const once = (values: object): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  const body: unknown = request.body;
  return {
    params: once(request.params),
    query: once(request.query),
    body: typeof body === 'object' && body !== null ? { ...body } : {},
    from: addressOf(request),
  };
}
