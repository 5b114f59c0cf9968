import type { AccessToken } from '../protocol/ids.js';

/**
 * Options of one API call.
 *
 * @example
 * await api.users.info({ openid: user }, { signal: AbortSignal.timeout(3_000) });
 */
export interface ApiCallOptions {
  /**
   * The access token to start with.
   *
   * @defaultValue the current one
   */
  readonly token?: AccessToken;
  /**
   * Aborts the call. A request that was already sent rejects with `ApiUnreachable`, `sent: true`.
   *
   * @defaultValue never fires
   */
  readonly signal?: AbortSignal;
  /**
   * Makes a call with a small monthly quota even if our own budget for it is used up or cannot be counted.
   *
   * @defaultValue false
   */
  readonly overBudget?: boolean;
}
