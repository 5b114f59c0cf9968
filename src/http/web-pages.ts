import type { AccessPoints } from '../api/access-points.js';
import type { AppSecret } from '../api/app-secret.js';
import { createPageSigner, type PageSigner } from '../api/page-signer.js';
import type { TicketKeeper } from '../api/ticket-keeper.js';
import { createWebAuthorizationApi, type WebAuthorizationApi } from '../api/web-authorization.js';
import type { WebConfig } from '../config/web.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import { createPageSignatureRoute } from './page-signature-route.js';
import type { Mountable } from './web-answer.js';
import { createWebAuthorization, type WebAuthorization } from './web-authorization.js';

/** Page signatures (JS-SDK) of one account. */
export interface PageSignatures extends PageSigner {
  /** `GET ?url=…` for pages of the hosts in JS_SDK_HOSTS. */
  readonly routes: Mountable;
}

/** What the accounts do for web pages, where they are configured for it. */
export interface WebPages {
  /** By path, for the public listener. */
  readonly routes: ReadonlyMap<string, Mountable>;
  /** By the account's name; the first by default. @throws RangeError where that account has none */
  webAuthorization(account?: string): WebAuthorization;
  /** By the account's name; the first by default. @throws RangeError where that account has none */
  pageSignatures(account?: string): PageSignatures;
  /** The calls alone, for programs with routes of their own. @throws RangeError where there is no such account */
  webAuthorizationApi(account?: string): WebAuthorizationApi;
  /** Signs any page and card. @throws RangeError where there is no such account */
  pageSigner(account?: string): PageSigner;
}

export function createWebPages(deps: {
  readonly config: WebConfig;
  readonly accounts: readonly {
    readonly name: string;
    readonly appId: AppId;
    readonly appSecret: AppSecret;
    readonly tickets: TicketKeeper;
  }[];
  readonly accessPoints: AccessPoints;
  readonly store: Pick<StateStore, 'fact' | 'changeFact'>;
  readonly clock: Clock;
  readonly log: Logger;
}): WebPages {
  const { config, accessPoints, store, clock } = deps;
  const routes = new Map<string, Mountable>();
  const apis = new Map<string, WebAuthorizationApi>();
  const signers = new Map<string, PageSigner>();
  const authorizations = new Map<string, WebAuthorization>();
  const signatures = new Map<string, PageSignatures>();

  for (const { name, appId, appSecret: secret, tickets } of deps.accounts) {
    const log = deps.log.child({ account: name });
    const api = createWebAuthorizationApi({ appId, secret, accessPoints });
    const signer = createPageSigner({ appId, tickets, clock });
    apis.set(name, api);
    signers.set(name, signer);
    const settings = config.webAuthorization.find(({ account }) => account === name);
    if (settings !== undefined) {
      const made = createWebAuthorization({ appId, api, store, clock, log, settings });
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
    webAuthorization: (name) => find(authorizations, name, 'web authorization (OAUTH_PATH)'),
    pageSignatures: (name) => find(signatures, name, 'page signatures (JS_SDK_PATH)'),
    webAuthorizationApi: (name) => find(apis, name, 'account'),
    pageSigner: (name) => find(signers, name, 'account'),
  };
}

function find<T>(all: ReadonlyMap<string, T>, name: string | undefined, what: string): T {
  const found = name === undefined ? all.values().next().value : all.get(name);
  if (found === undefined)
    throw new RangeError(`no ${what} is configured${name === undefined ? '' : ` by the name "${name}"`}`);
  return found;
}
