import type { AppId } from '../protocol/ids.js';
import type { AccessPoints, ApiRequest } from './access-points/access-points.js';
import { ApiRefused } from './api-error.js';
import { parseIssued, type IssuedCredential } from './issued-credential.js';
import { toFetchRefusal } from './token-refusal.js';

/**
 * `stable` can be repeated safely; `ordinary` makes a new token with every call. The tokens of both are independent.
 */
export type TokenChannel = 'stable' | 'ordinary';

/** The total for all hosts stays below the lock's ten seconds. */
const TIMING = { timeoutMs: 4_500, totalMs: 9_000 };

/**
 * Fetches an access token. In the stable channel `expires_in` is the remaining lifetime. `force` (stable only)
 * invalidates the current token: 20 times a day, 30 s apart.
 *
 * @throws ApiRefused      never of class `token-invalid`: on this call 40001 means the AppSecret
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
  return {
    method: 'POST',
    path,
    body: JSON.stringify(body),
    secrets: [secret],
    idempotent: !force,
    ...TIMING,
  };
}

function ordinaryExchange({ appId, secret }: Credentials): ApiRequest {
  const query = { grant_type: 'client_credential', appid: appId, secret };
  return { method: 'GET', path: '/cgi-bin/token', query, idempotent: true, ...TIMING };
}
