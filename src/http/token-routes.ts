import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { tokenAccountRoutes } from './token-account-routes.js';
import type { TokenRouteRequest, TokenAccount, TokenRoute } from './token-route.js';
import { tokenWechatRoutes } from './token-wechat-routes.js';

/** No request of theirs comes near this. */
const BODY_LIMIT = '16kb';

/** The token centre for other programs (docs/token-centre.md). Every asking is in the log. */
export interface TokenRoutes {
  /** WeChat's own calls, which bring their own secret. */
  readonly wechat: RequestHandler;
  /** To be mounted behind the key. */
  readonly accounts: RequestHandler;
}

export function createTokenRoutes(deps: {
  readonly accounts: readonly TokenAccount[];
  /** The admin listener's. */
  readonly key: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}): TokenRoutes {
  const { accounts, key, clock, log } = deps;
  return {
    wechat: mount(tokenWechatRoutes(accounts, key, clock), log, {
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
  /** By the method that the path asks for. Absent: such a request is not for us. */
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
      if (refused === undefined) log.info(by, 'the token centre was asked');
      else log.warn(by, 'the token centre said no');
      response.status(status).json(body);
    });
    if (wrongMethod !== undefined)
      router.all(place, (_request, response) => response.json(wrongMethod(method)));
  }
  // What a parser complains of holds the body, so it is not passed on.
  const onBadBody: ErrorRequestHandler = (error: unknown, request, response, next) => {
    if (!isTheirFault(error)) {
      next(error);
      return;
    }
    const by = { what: 'unreadable request', from: addressOf(request), refused: 'bad_request' };
    log.warn(by, 'the token centre said no');
    response.status(wrongMethod === undefined ? 400 : 200).json(badBody);
  };
  router.use(onBadBody);
  return router;
}

/** No JSON, too large, an unknown encoding, broken compression, a path that cannot be decoded: status 4xx. */
function isTheirFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

/** Of the program that asks, or of the proxy before it. */
export function addressOf({ socket }: Pick<Request, 'socket'>): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
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
