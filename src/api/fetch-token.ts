import type { AppId } from '../protocol/ids.js';
import type { AccessPoints, ApiRequest } from './access-points.js';
import { ApiRefused } from './api-error.js';
import { parseIssued, type IssuedCredential } from './issued-credential.js';
import { toFetchRefusal } from './token-refusal.js';

/** `stable` repeats safely; `ordinary` makes a new token with every call. They know nothing of each other's tokens. */
export type TokenChannel = 'stable' | 'ordinary';

/** All hosts together stay below the ten seconds that the lock lasts. */
const TIMING = { timeoutMs: 4_500, totalMs: 9_000 };

/**
 * Asks WeChat for an access token; in the stable channel its life is what remains of it. `force` (stable channel only)
 * kills the present one: 20 times a day, 30 s apart.
 *
 * @throws ApiRefused      never of class `token-invalid`: on this call 40001 speaks of the secret
 * @throws ApiUnreachable  no answer, or one without a token
 * Source: "获取 Access token", "获取稳定版接口调用凭据".
 */
export async function fetchToken(
  accessPoints: AccessPoints,
  request: { appId: AppId; secret: string; channel: TokenChannel; force: boolean },
): Promise<IssuedCredential> {
  const exchange = request.channel === 'stable' ? stableExchange(request) : ordinaryExchange(request);
  try {
    return parseIssued(exchange.path, await accessPoints.exchange(exchange), 'access_token');
  } catch (error) {
    throw error instanceof ApiRefused ? toFetchRefusal(error) : error;
  }
}

type Credentials = { appId: AppId; secret: string; force: boolean };

function stableExchange({ appId, secret, force }: Credentials): ApiRequest {
  const body = { grant_type: 'client_credential', appid: appId, secret, force_refresh: force };
  const path = '/cgi-bin/stable_token';
  return { method: 'POST', path, body: JSON.stringify(body), idempotent: !force, ...TIMING };
}

function ordinaryExchange({ appId, secret }: Credentials): ApiRequest {
  const query = { grant_type: 'client_credential', appid: appId, secret };
  return { method: 'GET', path: '/cgi-bin/token', query, idempotent: true, ...TIMING };
}
