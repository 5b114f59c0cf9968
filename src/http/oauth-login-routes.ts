import type { IncomingMessage } from 'node:http';
import { authorizeUrl, type OAuthScope } from '../api/oauth/oauth.js';
import type { OAuthStep } from '../api/oauth/oauth-step.js';
import type { RedeemLogin } from '../api/oauth/login.js';
import type { Logger } from '../ports/logger.js';
import type { LoginStates, PendingLogin } from './login-state.js';
import { withEmptyFragment, parseRedirectTarget, withParameter } from './redirect-target.js';
import type { SessionCookie } from './session-cookie.js';
import { readQuery, type BrowserResponse } from './browser-response.js';
import type { OAuthSettings } from './oauth-settings.js';
import { loginProblemPage, type LoginProblem } from './oauth-page.js';

/** Limit of unfinished logins of one browser: more cookies would exceed the size of a request header. */
const LOGINS_AT_ONCE = 3;

/** Creates the routes that send a browser to WeChat and receive it back. */
export function createLoginRoutes(deps: {
  readonly appId: string;
  readonly settings: OAuthSettings;
  readonly states: LoginStates;
  readonly spend: RedeemLogin;
  readonly sessions: SessionCookie;
  readonly loginUrl: (returnTo?: string, scope?: OAuthScope) => string;
  readonly log: Logger;
}) {
  const { appId, settings, states, spend, sessions, loginUrl, log } = deps;
  const site = new URL(settings.url).origin;

  function login(request: IncomingMessage): BrowserResponse {
    const query = readQuery(request);
    const allowed = settings.returnTo;
    const returnTo = parseRedirectTarget(query('return') ?? allowed[0], { allowed, site });
    if (returnTo === undefined) {
      log.warn({ reason: 'return_address_foreign' }, 'login refused: it would return to a foreign site');
      return trouble(400, 'return', loginUrl());
    }
    const wanted = query('scope');
    const scope = wanted === 'snsapi_base' || wanted === 'snsapi_userinfo' ? wanted : settings.scope;
    const older = states.clear(request, LOGINS_AT_ONCE - 1);
    return toWechat({ returnTo, scope, isSecondTry: false }, older);
  }

  function toWechat(
    begun: Pick<PendingLogin, 'returnTo' | 'scope' | 'isSecondTry'>,
    cookies: readonly string[] = [],
  ): BrowserResponse {
    const { state, cookie } = states.begin(begun);
    const location = authorizeUrl({
      appId,
      redirectUri: `${settings.url}/callback`,
      scope: begun.scope,
      state,
      page: settings.authorizePage,
    });
    return { status: 302, location, cookies: [...cookies, cookie] };
  }

  async function callback(request: IncomingMessage): Promise<BrowserResponse> {
    const query = readQuery(request);
    const pending = states.read(request, query('state') ?? '');
    if (typeof pending === 'string') {
      log.warn({ reason: `state_${pending}` }, 'login refused: its state is not valid');
      return trouble(403, pending, loginUrl());
    }
    const { id, endsAtMs, returnTo, scope } = pending;
    const code = query('code') ?? '';
    // After a refusal WeChat sends no code; some clients send `authdeny` instead.
    if (code === '' || code === 'authdeny') {
      return back(withParameter(returnTo, 'wechat_login', 'refused'));
    }
    const outcome = await spend({ id, code, endsAtMs });
    switch (outcome.type) {
      case 'granted':
        if (outcome.user.isSnapshotUser && !settings.allowSnapshotUsers) {
          return back(withParameter(returnTo, 'wechat_login', 'snapshot'));
        }
        return back(returnTo, [sessions.begin(outcome.user)]);
      case 'replayed':
        log.warn({ reason: 'login_replayed' }, 'login refused: it was used before, with another code');
        return trouble(403, 'replayed', loginUrl(returnTo, scope));
      case 'failed':
        return afterFailure(outcome.step, pending);
      default:
        return outcome satisfies never;
    }
  }

  function afterFailure(step: OAuthStep, { returnTo, scope, isSecondTry }: PendingLogin): BrowserResponse {
    if (step === 'mend') return trouble(500, 'mend');
    if (step === 'wait') return trouble(503, 'busy', loginUrl(returnTo, scope));
    if (isSecondTry) return trouble(502, 'failed', loginUrl(returnTo, scope));
    return toWechat({ returnTo, scope, isSecondTry: true });
  }

  return { login, callback };
}

function back(address: string, cookies: readonly string[] = []): BrowserResponse {
  return { status: 302, location: withEmptyFragment(address), cookies };
}

function trouble(status: number, what: LoginProblem, login?: string): BrowserResponse {
  return { status, html: loginProblemPage(what, login) };
}
