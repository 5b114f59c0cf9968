import type { IncomingMessage } from 'node:http';
import type { WebScope } from '../api/web-authorization.js';
import type { WebUserAnswer, WebUserTokens } from '../api/web-user-tokens.js';
import type { Logger } from '../ports/logger.js';
import type { LoginStates } from './login-state.js';
import type { SessionCookie, WebSession } from './session-cookie.js';
import type { WebAnswer } from './web-answer.js';

/** What a page may ask about the user whose browser it is. Answers are JSON; tokens are in none of them. */
export function createUserRoutes(deps: {
  readonly sessions: SessionCookie;
  readonly states: LoginStates;
  readonly tokens: WebUserTokens;
  readonly loginUrl: (returnTo?: string, scope?: WebScope) => string;
  readonly log: Logger;
}) {
  const { sessions, states, tokens, loginUrl, log } = deps;

  const forUser =
    (answer: (session: WebSession, request: IncomingMessage) => WebAnswer | Promise<WebAnswer>) =>
    (request: IncomingMessage): WebAnswer | Promise<WebAnswer> => {
      const session = sessions.read(request);
      return session === undefined ? loginNeeded() : answer(session, request);
    };

  const loginNeeded = (): WebAnswer => ({
    status: 401,
    json: { error: 'login_needed', login: loginUrl() },
  });

  function refusal({ step, error }: Extract<WebUserAnswer<unknown>, { type: 'failed' }>): WebAnswer {
    if (error !== undefined) log.warn({ err: error, step }, "a call with a user's token failed");
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
    me: forUser(({ endsAtMs, ...user }) => ({
      status: 200,
      json: { ...user, endsAt: new Date(endsAtMs).toISOString() },
    })),
    profile: forUser(async ({ openId }) => {
      const answer = await tokens.profile(openId);
      return answer.type === 'done' ? { status: 200, json: answer.result } : refusal(answer);
    }),
    refresh: forUser(async ({ openId, unionId, scope, isSnapshotUser }) => {
      const answer = await tokens.renew(openId);
      if (answer.type === 'failed') return refusal(answer);
      const user = { openId, scope, isSnapshotUser, ...(unionId !== undefined && { unionId }) };
      return { status: 200, json: user, cookies: [sessions.begin(user)] };
    }),
    /** A callback that is called again, as by the back button, must not bring the session back. */
    logout: forUser(async ({ openId }, request) => {
      await tokens.forget(openId);
      return { status: 204, cookies: [sessions.end(), ...states.clear(request)] };
    }),
  };
}
