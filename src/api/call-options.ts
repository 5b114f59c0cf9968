import type { AccessToken } from '../protocol/ids.js';

export interface ApiCallOptions {
  /** The token to begin with, in place of the current one. */
  readonly token?: AccessToken;
  /** Ends the call. What had left by then is `ApiUnreachable` with `sent`. */
  readonly signal?: AbortSignal;
  /** Makes a call of which there are few a month even when ours are used up, or are not counted. */
  readonly overBudget?: boolean;
}
