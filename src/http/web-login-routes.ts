import type { IncomingMessage } from 'node:http';
import { authorizeUrl, type WebScope } from '../api/web-authorization.js';
import type { WebStep } from '../api/web-authorization-step.js';
import type { SpendWebLogin } from '../api/web-login.js';
import type { Logger } from '../ports/logger.js';
import type { LoginStates, PendingLogin } from './login-state.js';
import { asLanding, readReturnAddress, withParameter } from './return-address.js';
import type { SessionCookie } from './session-cookie.js';
import { readQuery, type WebAnswer } from './web-answer.js';
import type { WebAuthorizationSettings } from './web-authorization-settings.js';
import { troublePage, type LoginTrouble } from './web-authorization-page.js';

/** Logins that one browser may have under way: more of their cookies would fill a request's header. */
const LOGINS_AT_ONCE = 3;

/** The way to WeChat and back. */
export function createLoginRoutes(deps: {
  readonly appId: string;
  readonly settings: WebAuthorizationSettings;
  readonly states: LoginStates;
  readonly spend: SpendWebLogin;
  readonly sessions: SessionCookie;
  readonly loginUrl: (returnTo?: string, scope?: WebScope) => string;
  readonly log: Logger;
}) {
  const { appId, settings, states, spend, sessions, loginUrl, log } = deps;
  const site = new URL(settings.url).origin;

  function login(request: IncomingMessage): WebAnswer {
    const query = readQuery(request);
    const allowed = settings.returnTo;
    const returnTo = readReturnAddress(query('return') ?? allowed[0], { allowed, site });
    if (returnTo === undefined) {
      log.warn(
        { reason: 'return_address_foreign' },
        'a web login was refused: it would return to a stranger',
      );
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
  ): WebAnswer {
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

  async function callback(request: IncomingMessage): Promise<WebAnswer> {
    const query = readQuery(request);
    const pending = states.read(request, query('state') ?? '');
    if (typeof pending === 'string') {
      log.warn({ reason: `state_${pending}` }, 'a web login was refused: its state cannot be believed');
      return trouble(403, pending, loginUrl());
    }
    const { id, endsAtMs, returnTo, scope } = pending;
    const code = query('code') ?? '';
    // Who refuses comes back without a code; some clients write a word there.
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
        log.warn(
          { reason: 'login_replayed' },
          'a web login was refused: it was used before, on another code',
        );
        return trouble(403, 'replayed', loginUrl(returnTo, scope));
      case 'failed':
        return afterFailure(outcome.step, pending);
      default:
        return outcome satisfies never;
    }
  }

  function afterFailure(step: WebStep, { returnTo, scope, isSecondTry }: PendingLogin): WebAnswer {
    if (step === 'mend') return trouble(500, 'mend');
    if (step === 'wait') return trouble(503, 'busy', loginUrl(returnTo, scope));
    if (isSecondTry) return trouble(502, 'failed', loginUrl(returnTo, scope));
    return toWechat({ returnTo, scope, isSecondTry: true });
  }

  return { login, callback };
}

function back(address: string, cookies: readonly string[] = []): WebAnswer {
  return { status: 302, location: asLanding(address), cookies };
}

function trouble(status: number, what: LoginTrouble, login?: string): WebAnswer {
  return { status, html: troublePage(what, login) };
}
