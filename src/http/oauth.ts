import type { IncomingMessage } from 'node:http';
import { createSealer } from '../crypto/sealer.js';
import type { OAuthApi, OAuthScope } from '../api/oauth/oauth.js';
import { createLogins } from '../api/oauth/login.js';
import { createUserTokens } from '../api/oauth/user-tokens.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { KeyValueStore } from '../ports/key-value-store.js';
import type { AppId } from '../protocol/ids.js';
import { createCookieJar } from './cookies.js';
import { createCrossOrigin } from './cross-origin.js';
import { createLoginStates } from './login-state.js';
import { createSessionCookie, type WebSession } from './session-cookie.js';
import {
  pathOf,
  writeBrowserResponse,
  type NodeMiddleware,
  type BrowserResponse,
} from './browser-response.js';
import type { OAuthSettings } from './oauth-settings.js';
import { loginProblemPage } from './oauth-page.js';
import { createLoginRoutes } from './oauth-login-routes.js';
import { createUserRoutes } from './oauth-user-routes.js';

/**
 * Web authorization (网页授权) of one account.
 *
 * @example
 * const oauth: OAuth = server.oauth();
 */
export interface OAuth {
  /**
   * GET /login?return=…&scope=…  to WeChat, and back to an allowed address with a session GET /callback
   * where WeChat sends the user GET /me                      whose browser it is, or 401 GET /profile
   * nickname and picture; renews the user's token if necessary POST /refresh                renews the user's token and
   * the session POST /logout
   *
   * Pages on the hosts to which users return may use the last four, too (CORS with credentials).
   */
  readonly routes: NodeMiddleware;
  /** Returns the session of the browser that sent a request, from our own cookie only. */
  session(request: Pick<IncomingMessage, 'headers'>): WebSession | undefined;
}

export function createOAuth(deps: {
  readonly appId: AppId;
  readonly api: OAuthApi;
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: OAuthSettings;
}): OAuth {
  const { appId, api, store, clock, log, settings } = deps;
  const { sessionKey, sessionLifetimeMs, cookieName: name } = settings;
  const jar = createCookieJar({ secure: settings.url.startsWith('https:') });
  // Cookies of another account are invalid here, although the key is the same.
  const sealerOf = (purpose: string) => createSealer(sessionKey, `${purpose} of ${appId}`);
  const states = createLoginStates({ name, key: sessionKey, appId, jar, clock });
  const sessions = createSessionCookie({
    name,
    sealer: sealerOf('session'),
    jar,
    clock,
    lifetimeMs: sessionLifetimeMs,
  });
  const tokens = createUserTokens({
    appId,
    api,
    store,
    sealer: sealerOf('user token'),
    clock,
    ttlMs: sessionLifetimeMs,
  });
  const spend = createLogins({
    appId,
    api,
    store,
    sealer: sealerOf('login outcome'),
    clock,
    log,
    onGrant: (grant) =>
      tokens.keep(grant).catch((error: unknown) => {
        log.warn(
          { err: error },
          "store unavailable: a user's token is not kept, and there is no profile until the next login",
        );
      }),
  });

  const loginUrl = (returnTo?: string, scope?: OAuthScope): string => {
    const query = new URLSearchParams();
    if (returnTo !== undefined) query.set('return', returnTo);
    if (scope !== undefined) query.set('scope', scope);
    return `${settings.url}/login${query.size > 0 ? `?${query.toString()}` : ''}`;
  };

  const { login, callback } = createLoginRoutes({ appId, settings, states, spend, sessions, loginUrl, log });
  const { me, profile, refresh, logout } = createUserRoutes({
    sessions,
    states,
    tokens,
    loginUrl,
    crossOrigin: createCrossOrigin(settings.returnTo, settings.url),
    log,
  });
  const routes = new Map<string, (request: IncomingMessage) => BrowserResponse | Promise<BrowserResponse>>([
    ['GET /login', login],
    ['GET /callback', callback],
    ['GET /me', me.answer],
    ['GET /profile', profile.answer],
    ['POST /refresh', refresh.answer],
    ['POST /logout', logout.answer],
    ['OPTIONS /me', me.preflight],
    ['OPTIONS /profile', profile.preflight],
    ['OPTIONS /refresh', refresh.preflight],
    ['OPTIONS /logout', logout.preflight],
  ]);

  return {
    session: (request) => sessions.read(request),
    routes(request, response, next) {
      const route = routes.get(`${request.method} ${pathOf(request)}`);
      if (route === undefined) {
        if (next === undefined) writeBrowserResponse(response, { status: 404 });
        else next();
        return;
      }
      answerWith(route, request).then(
        (answer) => writeBrowserResponse(response, answer),
        (error: unknown) =>
          log.error({ err: error }, 'response failed: an answer of web authorization could not be written'),
      );
    },
  };

  async function answerWith(
    route: (request: IncomingMessage) => BrowserResponse | Promise<BrowserResponse>,
    request: IncomingMessage,
  ): Promise<BrowserResponse> {
    try {
      return await route(request);
    } catch (error) {
      log.error({ err: error }, 'login failed');
      return { status: 503, html: loginProblemPage('busy', loginUrl()) };
    }
  }
}
