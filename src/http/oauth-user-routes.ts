import type { IncomingMessage } from 'node:http';
import type { OAuthScope } from '../api/oauth/oauth.js';
import type { UserTokenResult, UserTokens } from '../api/oauth/user-tokens.js';
import type { Logger } from '../ports/logger.js';
import type { CrossOrigin } from './cross-origin.js';
import type { LoginStates } from './login-state.js';
import type { SessionCookie, WebSession } from './session-cookie.js';
import type { BrowserResponse } from './browser-response.js';

/** A route with its CORS preflight. */
interface UserRoute {
  readonly answer: (request: IncomingMessage) => Promise<BrowserResponse>;
  readonly preflight: (request: IncomingMessage) => BrowserResponse;
}

/** Creates the routes by which a page learns about the user of its browser. Responses are JSON without tokens. */
export function createUserRoutes(deps: {
  readonly sessions: SessionCookie;
  readonly states: LoginStates;
  readonly tokens: UserTokens;
  readonly loginUrl: (returnTo?: string, scope?: OAuthScope) => string;
  readonly crossOrigin: CrossOrigin;
  readonly log: Logger;
}) {
  const { sessions, states, tokens, loginUrl, crossOrigin, log } = deps;

  const forUser = (
    method: 'GET' | 'POST',
    answer: (session: WebSession, request: IncomingMessage) => BrowserResponse | Promise<BrowserResponse>,
  ): UserRoute => ({
    async answer(request) {
      const headers = crossOrigin.headersFor(request);
      // For a GET the browser hides the response; a POST must be refused before it has an effect.
      if (method === 'POST' && crossOrigin.isForeign(request)) return { ...originForeign(), headers };
      const session = sessions.read(request);
      const answered = session === undefined ? loginNeeded() : await answerOrBusy(answer, session, request);
      return { ...answered, headers: { ...answered.headers, ...headers } };
    },
    preflight: (request) =>
      crossOrigin.isForeign(request)
        ? { ...originForeign(), headers: crossOrigin.headersFor(request) }
        : {
            status: 204,
            headers: {
              ...crossOrigin.headersFor(request),
              'Access-Control-Allow-Methods': method,
              'Access-Control-Allow-Headers': 'Content-Type',
            },
          },
  });

  /** Answers 503 as JSON, so that a page can read that it should retry. */
  async function answerOrBusy(
    answer: (session: WebSession, request: IncomingMessage) => BrowserResponse | Promise<BrowserResponse>,
    session: WebSession,
    request: IncomingMessage,
  ): Promise<BrowserResponse> {
    try {
      return await answer(session, request);
    } catch (error) {
      log.error({ err: error }, 'user request failed');
      return { status: 503, json: { error: 'try_later' } };
    }
  }

  function originForeign(): BrowserResponse {
    log.warn(
      { reason: 'origin_foreign' },
      'user request refused: its page is on no host of OAUTH_RETURN_HOSTS',
    );
    return { status: 403, json: { error: 'origin_foreign' } };
  }

  const loginNeeded = (): BrowserResponse => ({
    status: 401,
    json: { error: 'login_needed', login: loginUrl() },
  });

  function refusal({ step, error }: Extract<UserTokenResult<unknown>, { type: 'failed' }>): BrowserResponse {
    if (error !== undefined) log.warn({ err: error, step }, 'user call failed');
    switch (step) {
      case 'wait':
        return { status: 503, json: { error: 'try_later' } };
      case 'mend':
        return { status: 500, json: { error: 'misconfigured' } };
      case 'ask-more':
        return {
          status: 403,
          json: { error: 'consent_needed', login: loginUrl(undefined, 'snsapi_userinfo') },
        };
      case 'renew':
      case 'restart':
        return loginNeeded();
      default:
        return step satisfies never;
    }
  }

  return {
    me: forUser('GET', ({ endsAtMs, ...user }) => ({
      status: 200,
      json: { ...user, endsAt: new Date(endsAtMs).toISOString() },
    })),
    profile: forUser('GET', async ({ openId }) => {
      const answer = await tokens.profile(openId);
      return answer.type === 'done' ? { status: 200, json: answer.result } : refusal(answer);
    }),
    refresh: forUser('POST', async ({ openId, unionId, scope, isSnapshotUser }) => {
      const answer = await tokens.renew(openId);
      if (answer.type === 'failed') return refusal(answer);
      const user = { openId, scope, isSnapshotUser, ...(unionId !== undefined && { unionId }) };
      return { status: 200, json: user, cookies: [sessions.begin(user)] };
    }),
    /** A repeated callback, as by the back button, must not restore the session. */
    logout: forUser('POST', async ({ openId }, request) => {
      await tokens.forget(openId);
      return { status: 204, cookies: [sessions.end(), ...states.clear(request)] };
    }),
  };
}
