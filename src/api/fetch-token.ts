import { toAccessToken, type AccessToken, type AppId } from '../protocol/ids.js';
import type { AccessPoints, Exchange } from './access-points.js';
import { ApiRefused, ApiUnreachable } from './api-error.js';
import type { JsonObject } from './response.js';
import { toFetchRefusal } from './token-refusal.js';

/** `stable` repeats safely; `ordinary` makes a new token with every call. They know nothing of each other's tokens. */
export type TokenChannel = 'stable' | 'ordinary';

export interface FetchedToken {
  readonly token: AccessToken;
  /** From the moment of asking. In the stable channel what remains, not the whole life. */
  readonly lifetimeMs: number;
}

/** All hosts together stay below the ten seconds that the lock lasts. */
const TIMING = { timeoutMs: 4_500, totalMs: 9_000 };

/**
 * Asks WeChat for an access token. `force` (stable channel only) kills the present one: 20 times a day, 30 s apart.
 *
 * @throws ApiRefused      never of class `token-invalid`: on this call 40001 speaks of the secret
 * @throws ApiUnreachable  no answer, or one without a token
 * Source: "获取 Access token", "获取稳定版接口调用凭据".
 */
export async function fetchToken(
  accessPoints: AccessPoints,
  request: { appId: AppId; secret: string; channel: TokenChannel; force: boolean },
): Promise<FetchedToken> {
  const exchange = request.channel === 'stable' ? stableExchange(request) : ordinaryExchange(request);
  try {
    return readToken(exchange.path, await accessPoints.exchange(exchange));
  } catch (error) {
    throw error instanceof ApiRefused ? toFetchRefusal(error) : error;
  }
}

type Credentials = { appId: AppId; secret: string; force: boolean };

function stableExchange({ appId, secret, force }: Credentials): Exchange {
  const body = { grant_type: 'client_credential', appid: appId, secret, force_refresh: force };
  const path = '/cgi-bin/stable_token';
  return { method: 'POST', path, body: JSON.stringify(body), idempotent: !force, ...TIMING };
}

function ordinaryExchange({ appId, secret }: Credentials): Exchange {
  const query = { grant_type: 'client_credential', appid: appId, secret };
  return { method: 'GET', path: '/cgi-bin/token', query, idempotent: true, ...TIMING };
}

function readToken(path: string, answer: JsonObject): FetchedToken {
  const token = answer['access_token'];
  const seconds = Number(answer['expires_in']); // gateways turn numbers into strings
  if (typeof token !== 'string' || token === '' || !(seconds > 0 && Number.isFinite(seconds))) {
    throw new ApiUnreachable(path, 'the answer holds no access_token with an expires_in', { sent: true });
  }
  return { token: toAccessToken(token), lifetimeMs: seconds * 1_000 };
}
