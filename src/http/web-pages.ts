import type { AccessPoints } from '../api/access-points.js';
import type { AppSecret } from '../api/app-secret.js';
import { createPageSigner, type PageSigner } from '../api/page-signer.js';
import type { TicketKeeper } from '../api/ticket-keeper.js';
import { createOAuthApi, type OAuthApi } from '../api/oauth/oauth.js';
import type { OAuthAndPageConfig } from '../config/oauth-config.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import { createPageSignatureRoute } from './page-signature-route.js';
import type { NodeMiddleware } from './browser-response.js';
import { createOAuth, type OAuth } from './oauth.js';

/** Page signatures (JS-SDK) of one account. */
export interface PageSignatures extends PageSigner {
  /** `GET ?url=…` for pages of the hosts in JS_SDK_HOSTS. */
  readonly routes: NodeMiddleware;
}

/** What the accounts do for web pages, where they are configured for it. */
export interface WebPages {
  /** By path, for the public listener. */
  readonly routes: ReadonlyMap<string, NodeMiddleware>;
  /** By the account's name; the first by default. @throws RangeError where that account has none */
  oauth(account?: string): OAuth;
  /** By the account's name; the first by default. @throws RangeError where that account has none */
  pageSignatures(account?: string): PageSignatures;
  /** The calls alone, for programs with routes of their own. @throws RangeError where there is no such account */
  oauthApi(account?: string): OAuthApi;
  /** Signs any page and card. @throws RangeError where there is no such account */
  pageSigner(account?: string): PageSigner;
}

export function createWebPages(deps: {
  readonly config: OAuthAndPageConfig;
  readonly accounts: readonly {
    readonly name: string;
    readonly appId: AppId;
    readonly appSecret: AppSecret;
    readonly tickets: TicketKeeper;
  }[];
  readonly accessPoints: AccessPoints;
  readonly store: Pick<StateStore, 'get' | 'compareAndSet'>;
  readonly clock: Clock;
  readonly log: Logger;
}): WebPages {
  const { config, accessPoints, store, clock } = deps;
  const routes = new Map<string, NodeMiddleware>();
  const apis = new Map<string, OAuthApi>();
  const signers = new Map<string, PageSigner>();
  const authorizations = new Map<string, OAuth>();
  const signatures = new Map<string, PageSignatures>();

  for (const { name, appId, appSecret: secret, tickets } of deps.accounts) {
    const log = deps.log.child({ account: name });
    const api = createOAuthApi({ appId, secret, accessPoints });
    const signer = createPageSigner({ appId, tickets, clock });
    apis.set(name, api);
    signers.set(name, signer);
    const settings = config.oauth.find(({ account }) => account === name);
    if (settings !== undefined) {
      const made = createOAuth({ appId, api, store, clock, log, settings });
      authorizations.set(name, made);
      routes.set(settings.path, made.routes);
    }
    const signing = config.pageSignatures.find(({ account }) => account === name);
    if (signing !== undefined) {
      const route = createPageSignatureRoute({ signer, hosts: signing.hosts, log });
      signatures.set(name, { ...signer, routes: route });
      routes.set(signing.path, route);
    }
  }

  return {
    routes,
    oauth: (name) => find(authorizations, name, 'web authorization (OAUTH_PATH)'),
    pageSignatures: (name) => find(signatures, name, 'page signatures (JS_SDK_PATH)'),
    oauthApi: (name) => find(apis, name, 'account'),
    pageSigner: (name) => find(signers, name, 'account'),
  };
}

function find<T>(all: ReadonlyMap<string, T>, name: string | undefined, what: string): T {
  const found = name === undefined ? all.values().next().value : all.get(name);
  if (found === undefined)
    throw new RangeError(`no ${what} is configured${name === undefined ? '' : ` by the name "${name}"`}`);
  return found;
}
