import { toOpenId, type AppId, type OpenId } from '../../protocol/ids.js';
import type { AccessPoints, ApiRequest } from '../access-points/access-points.js';
import { ApiRefused, ApiUnreachable, SecretMissing } from '../api-error.js';
import type { AppSecret } from '../app-secret.js';
import type { JsonObject } from '../response.js';

/**
 * `snsapi_base`: only the OpenID, without consent. `snsapi_userinfo`: with consent and a profile.
 *
 * @example
 * const scope: OAuthScope = 'snsapi_userinfo';
 */
export type OAuthScope = 'snsapi_base' | 'snsapi_userinfo';

/** WeChat's authorize page; the sandbox and the tests have their own. */
export const AUTHORIZE_URL = 'https://open.weixin.qq.com/connect/oauth2/authorize';

/**
 * A user's grant. Its tokens belong to the user and are independent of the app's access token.
 *
 * @example
 * const grant: OAuthGrant = await server.oauthApi().exchangeCode('code');
 */
export interface OAuthGrant {
  readonly openId: OpenId;
  /** The granted scope, which may be less than the requested one. */
  readonly scope: string;
  /** Set for `snsapi_userinfo`, if the account is bound to an open-platform account. */
  readonly unionId?: string;
  /** True for a virtual user of the snapshot page mode (快照页), whose ids belong to no real user. */
  readonly isSnapshotUser: boolean;
  /** Valid for two hours, for the calls below only. Secret. */
  readonly accessToken: string;
  /** Valid for thirty days. Secret. */
  readonly refreshToken: string;
  readonly lifetimeMs: number;
}

/**
 * The profile that `snsapi_userinfo` grants.
 *
 * @example
 * const profile: OAuthProfile = await server.oauthApi().userInfo({ accessToken: 'token', openId: user });
 */
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

/** The user of a call. */
export interface OAuthUser {
  readonly accessToken: string;
  readonly openId: string;
}

/**
 * The calls of web authorization (网页授权), after the user returned with a code. They never use the app's access token.
 *
 * @throws ApiRefused      `nextOAuthStep` returns what to do
 * @throws ApiUnreachable  no usable answer; if `sent` is true, the code may be used up
 * @throws SecretMissing
 * Source: "网页授权".
 *
 * @example
 * const calls: OAuthApi = server.oauthApi();
 */
export interface OAuthApi {
  /** Step 2: exchanges a code. Works once per code, within five minutes. */
  exchangeCode(code: string): Promise<OAuthGrant>;
  /** Step 3: refreshes the token. Keep the returned refresh token. */
  refresh(refreshToken: string): Promise<OAuthGrant>;
  /** Step 4: reads the profile. Needs `snsapi_userinfo`. */
  userInfo(user: OAuthUser, lang?: 'zh_CN' | 'zh_TW' | 'en'): Promise<OAuthProfile>;
  /** Checks that the token still belongs to this user. */
  check(user: OAuthUser): Promise<boolean>;
}

/**
 * Step 1: returns the address to send the user to. WeChat's page requires this order of parameters and the fragment,
 * even after a redirect.
 *
 * In: `state` of 1 to 128 letters and digits. @throws RangeError for any other
 *
 * @example
 * const address = authorizeUrl({ appId: 'wx0123456789abcdef', redirectUri: 'https://example.com/back', scope: 'snsapi_base', state: 'a1' });
 */
export function authorizeUrl(request: {
  readonly appId: string;
  readonly redirectUri: string;
  readonly scope: OAuthScope;
  readonly state: string;
  /** Asks for consent even if WeChat would not. */
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

/** Short, because the user sees an empty page meanwhile. */
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

/** Errcodes by which the check says no, as opposed to a failure. */
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
