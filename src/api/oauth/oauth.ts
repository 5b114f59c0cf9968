import { toOpenId, type AppId, type OpenId } from '../../protocol/ids.js';
import type { AccessPoints, ApiRequest } from '../access-points.js';
import { ApiRefused, ApiUnreachable, SecretMissing } from '../api-error.js';
import type { AppSecret } from '../app-secret.js';
import type { JsonObject } from '../response.js';

/** `snsapi_base`: silent, the OpenID alone. `snsapi_userinfo`: the user is asked, and there is a profile. */
export type OAuthScope = 'snsapi_base' | 'snsapi_userinfo';

/** WeChat's own page; the sandbox and the tests have theirs. */
export const AUTHORIZE_URL = 'https://open.weixin.qq.com/connect/oauth2/authorize';

/** What a user granted. The tokens are the user's: they have nothing to do with the app's access token. */
export interface OAuthGrant {
  readonly openId: OpenId;
  /** As granted, which may be less than was asked for. */
  readonly scope: string;
  /** For `snsapi_userinfo`, where the account is bound to an open-platform account. */
  readonly unionId?: string;
  /** A stand-in of the snapshot page mode (快照页): its ids belong to nobody. */
  readonly isSnapshotUser: boolean;
  /** Two hours long, for the calls below only. Secret. */
  readonly accessToken: string;
  /** Thirty days long. Secret. */
  readonly refreshToken: string;
  readonly lifetimeMs: number;
}

export interface OAuthProfile {
  readonly openId: OpenId;
  readonly nickname: string;
  /** 1 male, 2 female, 0 unknown; since 2021 mostly 0, and the place mostly empty. */
  readonly sex: number;
  readonly province: string;
  readonly city: string;
  readonly country: string;
  readonly headImageUrl: string;
  readonly privileges: readonly string[];
  readonly unionId?: string;
}

/** Who is meant in a call about a user. */
export interface OAuthUser {
  readonly accessToken: string;
  readonly openId: string;
}

/**
 * The calls of web authorization (网页授权), after the user came back with a code. They never touch the app's access token.
 *
 * @throws ApiRefused      `nextOAuthStep` says what follows from it
 * @throws ApiUnreachable  no usable answer; a code may be used up where `sent` is true
 * @throws SecretMissing
 * Source: "网页授权".
 */
export interface OAuthApi {
  /** Step 2. Works once for each code, within five minutes. */
  exchangeCode(code: string): Promise<OAuthGrant>;
  /** Step 3. Keep the refresh token that comes back. */
  refresh(refreshToken: string): Promise<OAuthGrant>;
  /** Step 4. Needs `snsapi_userinfo`. */
  userInfo(user: OAuthUser, lang?: 'zh_CN' | 'zh_TW' | 'en'): Promise<OAuthProfile>;
  /** Whether the token still speaks for this user. */
  check(user: OAuthUser): Promise<boolean>;
}

/**
 * Step 1: where the user is sent. The page insists on this order of parameters and on what follows the `#`, also
 * behind a redirect.
 *
 * In: `state` of 1 to 128 letters and digits. @throws RangeError for any other
 */
export function authorizeUrl(request: {
  readonly appId: string;
  readonly redirectUri: string;
  readonly scope: OAuthScope;
  readonly state: string;
  /** Ask the user even where the platform would not. */
  readonly forcePopup?: boolean;
  readonly page?: string;
}): string {
  const { appId, redirectUri, scope, state, forcePopup = false, page = AUTHORIZE_URL } = request;
  if (!/^[A-Za-z0-9]{1,128}$/.test(state)) throw new RangeError('a state is 1 to 128 letters and digits');
  const parts = [
    `appid=${encodeURIComponent(appId)}`,
    `redirect_uri=${encodeURIComponent(redirectUri)}`,
    'response_type=code',
    `scope=${scope}`,
    `state=${state}`,
    ...(forcePopup ? ['forcePopup=true'] : []),
  ];
  return `${page}?${parts.join('&')}#wechat_redirect`;
}

/** A person looks at an empty page meanwhile. */
const TIMING = { timeoutMs: 4_000, totalMs: 6_000 };

export function createOAuthApi(deps: {
  readonly appId: AppId;
  readonly secret: AppSecret;
  readonly accessPoints: AccessPoints;
}): OAuthApi {
  const { appId, secret, accessPoints } = deps;

  function ask(path: string, query: ApiRequest['query'], idempotent = true): Promise<JsonObject> {
    return accessPoints.exchange({ method: 'GET', path, ...(query && { query }), idempotent, ...TIMING });
  }

  return {
    async exchangeCode(code) {
      if (secret.value === undefined) throw new SecretMissing();
      const path = '/sns/oauth2/access_token';
      const query = { appid: appId, secret: secret.value, code, grant_type: 'authorization_code' };
      return readGrant(path, await ask(path, query, false));
    },
    async refresh(refreshToken) {
      const path = '/sns/oauth2/refresh_token';
      const query = { appid: appId, grant_type: 'refresh_token', refresh_token: refreshToken };
      return readGrant(path, await ask(path, query));
    },
    async userInfo({ accessToken, openId }, lang = 'zh_CN') {
      const path = '/sns/userinfo';
      return readProfile(path, await ask(path, { access_token: accessToken, openid: openId, lang }));
    },
    async check({ accessToken, openId }) {
      try {
        await ask('/sns/auth', { access_token: accessToken, openid: openId });
        return true;
      } catch (error) {
        if (error instanceof ApiRefused && NO_SUCH_USER.has(error.errcode)) return false;
        throw error;
      }
    },
  };
}

/** Answers of the check that say no, not that it failed. */
const NO_SUCH_USER: ReadonlySet<number> = new Set([40001, 40003, 40014, 42001, 42007]);

function readGrant(path: string, answer: JsonObject): OAuthGrant {
  const openId = requireText(path, answer, 'openid');
  const seconds = Number(answer['expires_in']);
  return {
    openId: toOpenId(openId),
    scope: textOf(answer, 'scope'),
    isSnapshotUser: Number(answer['is_snapshotuser'] ?? 0) === 1,
    accessToken: requireText(path, answer, 'access_token'),
    refreshToken: requireText(path, answer, 'refresh_token'),
    lifetimeMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0,
    ...unionIdOf(answer),
  };
}

function readProfile(path: string, answer: JsonObject): OAuthProfile {
  const privileges = answer['privilege'];
  return {
    openId: toOpenId(requireText(path, answer, 'openid')),
    nickname: textOf(answer, 'nickname'),
    sex: Number(answer['sex'] ?? 0) || 0, // some answers have it as text
    province: textOf(answer, 'province'),
    city: textOf(answer, 'city'),
    country: textOf(answer, 'country'),
    headImageUrl: textOf(answer, 'headimgurl'),
    privileges: Array.isArray(privileges) ? privileges.filter((item) => typeof item === 'string') : [],
    ...unionIdOf(answer),
  };
}

function unionIdOf(answer: JsonObject): { unionId?: string } {
  const unionId = textOf(answer, 'unionid');
  return unionId === '' ? {} : { unionId };
}

function textOf(answer: JsonObject, name: string): string {
  const value = answer[name];
  return typeof value === 'string' ? value : '';
}

function requireText(path: string, answer: JsonObject, name: string): string {
  const text = textOf(answer, name);
  if (text === '') throw new ApiUnreachable(path, `the answer holds no ${name}`, { sent: true });
  return text;
}
