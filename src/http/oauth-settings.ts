import type { OAuthScope } from '../api/oauth/oauth.js';

/** What a site decides about web authorization. */
export interface OAuthSettings {
  /** Where browsers find the routes: `https://www.example.com/oauth`, no slash at its end. */
  readonly url: string;
  /** WeChat's page, or that of the sandbox. */
  readonly authorizePage: string;
  /** What is asked for where a login does not say. */
  readonly scope: OAuthScope;
  /** Origins, with or without a path; the first is where a login without an address of its own returns to. */
  readonly returnTo: readonly [string, ...string[]];
  /** Whether stand-ins of the snapshot page mode get a session. */
  readonly allowSnapshotUsers: boolean;
  readonly sessionKey: string;
  readonly sessionLifetimeMs: number;
  /** Begins the names of the cookies; its own for each account. */
  readonly cookieName: string;
}
