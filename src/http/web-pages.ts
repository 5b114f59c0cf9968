import type { AccessPoints } from '../api/access-points/access-points.js';
import type { AppSecret } from '../api/app-secret.js';
import { createPageSigner, type PageSigner } from '../api/page-signer.js';
import type { TicketKeeper } from '../api/ticket-keeper.js';
import { createOAuthApi, type OAuthApi } from '../api/oauth/oauth.js';
import type { OAuthConfig, PageSignatureConfig } from '../config/oauth-config.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { KeyValueStore } from '../ports/key-value-store.js';
import type { AppId } from '../protocol/ids.js';
import { createPageSignatureRoute } from './page-signature-route.js';
import type { NodeMiddleware } from './browser-response.js';
import { createOAuth, type OAuth } from './oauth.js';

/**
 * Page signatures (JS-SDK) of one account.
 *
 * @example
 * const pages: PageSignatures = server.pageSignatures();
 */
export interface PageSignatures extends PageSigner {
  /** Serves `GET ?url=…` for pages of the hosts in JS_SDK_HOSTS. */
  readonly routes: NodeMiddleware;
}

/** The OAuth and page settings of one account, where it has any. */
export interface PageSettings {
  readonly oauth: OAuthConfig | undefined;
  readonly signing: PageSignatureConfig | undefined;
}

/** What an account has for web pages. */
export interface AccountPages {
  /** Routes with their base path, for the public listener. */
  readonly routes: readonly (readonly [string, NodeMiddleware])[];
  readonly api: OAuthApi;
  readonly signer: PageSigner;
  readonly oauth: OAuth | undefined;
  readonly signatures: PageSignatures | undefined;
}

/** OAuth and page signatures of the accounts that are configured for them. */
export interface WebPages {
  /** By the account's name; default: the first. @throws RangeError if that account has none */
  oauth(account?: string): OAuth;
  /** By the account's name; default: the first. @throws RangeError if that account has none */
  pageSignatures(account?: string): PageSignatures;
  /** Returns the calls alone, for programs with routes of their own. @throws RangeError if there is no such account */
  oauthApi(account?: string): OAuthApi;
  /** Returns a signer of any page and card. @throws RangeError if there is no such account */
  pageSigner(account?: string): PageSigner;
}

export function createAccountPages(
  {
    name,
    appId,
    appSecret: secret,
    tickets,
  }: {
    readonly name: string;
    readonly appId: AppId;
    readonly appSecret: AppSecret;
    readonly tickets: TicketKeeper;
  },
  settings: PageSettings,
  parts: {
    readonly accessPoints: AccessPoints;
    readonly store: KeyValueStore;
    readonly clock: Clock;
    readonly log: Logger;
  },
): AccountPages {
  const { accessPoints, store, clock } = parts;
  const log = parts.log.child({ account: name });
  const api = createOAuthApi({ appId, secret, accessPoints });
  const signer = createPageSigner({ appId, tickets, clock });
  const routes: [string, NodeMiddleware][] = [];
  let oauth: OAuth | undefined;
  if (settings.oauth !== undefined) {
    oauth = createOAuth({ appId, api, store, clock, log, settings: settings.oauth });
    routes.push([settings.oauth.path, oauth.routes]);
  }
  let signatures: PageSignatures | undefined;
  if (settings.signing !== undefined) {
    signatures = {
      ...signer,
      routes: createPageSignatureRoute({ signer, hosts: settings.signing.hosts, log }),
    };
    routes.push([settings.signing.path, signatures.routes]);
  }
  return { routes, api, signer, oauth, signatures };
}

/** Looks the pages of accounts up. `accounts`: those of this moment, in the order of the configuration. */
export function createWebPages(
  accounts: () => readonly { readonly name: string; readonly pages: AccountPages }[],
): WebPages {
  function find<T>(name: string | undefined, what: string, part: (pages: AccountPages) => T | undefined): T {
    const found = accounts()
      .filter((account) => name === undefined || account.name === name)
      .map(({ pages }) => part(pages))
      .find((each) => each !== undefined);
    if (found === undefined)
      throw new RangeError(`no ${what} is configured${name === undefined ? '' : ` by the name "${name}"`}`);
    return found;
  }
  return {
    oauth: (name) => find(name, 'web authorization (OAUTH_PATH)', ({ oauth }) => oauth),
    pageSignatures: (name) => find(name, 'page signatures (JS_SDK_PATH)', ({ signatures }) => signatures),
    oauthApi: (name) => find(name, 'account', ({ api }) => api),
    pageSigner: (name) => find(name, 'account', ({ signer }) => signer),
  };
}
