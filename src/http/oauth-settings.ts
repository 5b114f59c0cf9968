import type { OAuthScope } from '../api/oauth/oauth.js';

/** The settings of web authorization for one site. */
export interface OAuthSettings {
  /** Base URL of the routes: `https://www.example.com/oauth`, no slash at its end. */
  readonly url: string;
  /** WeChat's page, or that of the sandbox. */
  readonly authorizePage: string;
  /** Default scope of a login. */
  readonly scope: OAuthScope;
  /** Allowed origins, with or without a path. A login without an address returns to the first. */
  readonly returnTo: readonly [string, ...string[]];
  /** True: virtual users of the snapshot page mode (快照页) get a session. */
  readonly allowSnapshotUsers: boolean;
  readonly sessionKey: string;
  readonly sessionLifetimeMs: number;
  /** Prefix of the cookie names, different for each account. */
  readonly cookieName: string;
}
