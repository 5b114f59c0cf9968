import { randomBytes } from 'node:crypto';
import { ApiRefused, ApiUnreachable } from '../api/api-error.js';
import type { Credential } from '../api/credential.js';
import type { Clock } from '../ports/clock.js';
import { AppError } from '../protocol/app-error.js';
import { toAccessToken } from '../protocol/ids.js';
import { signPage } from '../protocol/page-signature.js';
import {
  remainingS,
  ticketTypeOf,
  type TokenRouteRequest,
  type TokenRouteResponse,
  type TokenAccount,
  type TokenRoute,
} from './token-route.js';

/** Creates the token centre's own routes. Mount them behind the admin key. */
export function tokenAccountRoutes(
  accounts: () => readonly TokenAccount[],
  clock: Clock,
): readonly TokenRoute[] {
  /** Creates a route below an account, which is given by name or AppID. */
  function route(
    method: TokenRoute['method'],
    path: string,
    what: (asked: TokenRouteRequest) => string,
    answer: (account: TokenAccount, asked: TokenRouteRequest) => Promise<object | Refused>,
  ): TokenRoute {
    return {
      method,
      path: `/accounts/{account}/${path}`,
      async answer(asked) {
        const wanted = asked.params['account'];
        const account = accounts().find(({ name, appId }) => name === wanted || appId === wanted);
        if (account === undefined)
          return refused(404, 'account_unknown', 'no account has this name or AppID', what(asked));
        const about = { account: account.name, what: what(asked) };
        try {
          const body = await answer(account, asked);
          return body instanceof Refused ? { ...body.given, ...about } : { body, ...about };
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          return { ...failure(error), ...about };
        }
      },
    };
  }

  const token = (current: Credential) => ({
    access_token: current.value,
    expires_in: remainingS(current, clock.now()),
  });

  return [
    route(
      'get',
      'token',
      () => 'token',
      async ({ tokens }) => token(await tokens.current()),
    ),
    route(
      'post',
      'token/reject',
      () => 'report of a failed token',
      async ({ tokens }, { body: { access_token: failed, errcode } }) => {
        if (typeof failed !== 'string' || failed === '')
          return new Refused(
            400,
            'bad_request',
            'the body is {"access_token": "the one that failed", "errcode": 40001}',
          );
        await tokens.reject(toAccessToken(failed), typeof errcode === 'number' ? errcode : undefined);
        return token(await tokens.current());
      },
    ),
    route(
      'post',
      'token/refresh',
      ({ body }) => (body['force'] === true ? 'forced refresh' : 'refresh'),
      async ({ tokens }, { body }) =>
        token(await tokens.refresh(body['force'] === true ? 'forced' : 'fresh')),
    ),
    route(
      'get',
      'token/status',
      () => 'status',
      async ({ name, appId, tokens }) => ({ account: name, appId, ...(await tokens.status()) }),
    ),
    route(
      'get',
      'tickets/{type}',
      ({ params }) => `${ticketTypeOf(params['type']) ?? 'unknown'} ticket`,
      async ({ tickets }, { params }) => {
        const type = ticketTypeOf(params['type']);
        if (type === undefined) return new Refused(404, 'ticket_unknown', 'the types are jsapi and wx_card');
        const current = await tickets.current(type);
        return { ticket: current.value, expires_in: remainingS(current, clock.now()) };
      },
    ),
    route(
      'post',
      'page-signature',
      () => 'page signature',
      async ({ appId, tickets }, { body: { url } }) => {
        if (typeof url !== 'string' || !/^https?:\/\//i.test(url))
          return new Refused(400, 'bad_request', 'the body is {"url": "location.href of the page"}');
        const ticket = await tickets.get('jsapi');
        const nonceStr = randomBytes(12).toString('base64url');
        const timestamp = Math.floor(clock.now() / 1_000);
        return {
          appId,
          timestamp,
          nonceStr,
          signature: signPage({ ticket, nonce: nonceStr, timestamp, url }),
        };
      },
    ),
  ];
}

/** A refusal to answer instead of the result. */
class Refused {
  readonly given: Pick<TokenRouteResponse, 'status' | 'body' | 'refused'>;
  constructor(status: number, error: string, message: string) {
    this.given = { status, refused: error, body: { error, message, retryable: false } };
  }
}

function refused(status: number, error: string, message: string, what: string): TokenRouteResponse {
  return { ...new Refused(status, error, message).given, what };
}

function failure(error: AppError): Pick<TokenRouteResponse, 'status' | 'body' | 'refused'> {
  const { code, message } = error;
  // A fetch without a response has no lasting effect on the calling program, so it may retry.
  const retryable = error.retryable || error instanceof ApiUnreachable;
  const said = error instanceof ApiRefused ? { errcode: error.errcode, advice: error.advice } : {};
  const status = code === 'force_budget_spent' ? 429 : error instanceof ApiRefused ? 502 : 503;
  return { status, refused: code, body: { error: code, message, retryable, ...said } };
}
