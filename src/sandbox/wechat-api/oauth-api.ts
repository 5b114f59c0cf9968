import type { Grant, Issued } from '../state/grants.js';
import type { SandboxState } from '../sandbox-state.js';
import { OK, Refusal, type Endpoint, type JsonObject } from './endpoint.js';
import { OAUTH_PAGE } from './oauth-page.js';

/** Web authorization (网页授权). These calls do not use the app's access token. */
export const OAUTH_API: readonly Endpoint[] = [
  OAUTH_PAGE,
  {
    path: '/sns/oauth2/access_token',
    method: 'ANY',
    token: false,
    right: 'oauth',
    handle({ query }, state) {
      const { appId, appSecret } = state.account();
      if (query['grant_type'] !== 'authorization_code') throw new Refusal(40002);
      if (query['appid'] !== appId) throw new Refusal(40013);
      if (query['secret'] !== appSecret) throw new Refusal(40125);
      if ((query['code'] ?? '') === '') throw new Refusal(41008);
      return issued(state.grants.issue(granted(state.grants.useCode(query['code'] ?? ''))), state);
    },
  },
  {
    path: '/sns/oauth2/refresh_token',
    method: 'ANY',
    token: false,
    right: 'oauth',
    handle({ query }, state) {
      if (query['appid'] !== state.account().appId) throw new Refusal(40013);
      if (query['grant_type'] !== 'refresh_token') throw new Refusal(40002);
      if ((query['refresh_token'] ?? '') === '') throw new Refusal(41003);
      return issued(granted(state.grants.refresh(query['refresh_token'] ?? '')), state);
    },
  },
  {
    path: '/sns/userinfo',
    method: 'ANY',
    token: false,
    right: 'oauth',
    handle({ query }, state) {
      const { openId, scope } = granted(state.grants.byAccessToken(query['access_token'] ?? ''));
      if (openId !== query['openid']) throw new Refusal(40003);
      if (scope !== 'snsapi_userinfo') throw new Refusal(48001);
      const { nickname, unionId } = state.followers.getOrCreate(openId);
      const place = { sex: 0, province: '', city: '', country: '' };
      const headimgurl = 'https://thirdwx.qlogo.cn/mmopen/sandbox/132';
      return { openid: openId, nickname, ...place, headimgurl, privilege: [], unionid: unionId };
    },
  },
  {
    path: '/sns/auth',
    method: 'ANY',
    token: false,
    right: 'oauth',
    handle({ query }, state) {
      const { openId } = granted(state.grants.byAccessToken(query['access_token'] ?? ''));
      if (openId !== query['openid']) throw new Refusal(40003);
      return OK;
    },
  },
];

/** Returns what was granted. @throws Refusal with the errcode that stands in its place */
function granted<T extends Grant | Issued>(result: T | number): T {
  if (typeof result === 'number') throw new Refusal(result);
  return result;
}

function issued({ grant, accessToken, refreshToken }: Issued, state: SandboxState): JsonObject {
  const { unionId } = state.followers.getOrCreate(grant.openId);
  return {
    access_token: accessToken,
    expires_in: 7_200,
    refresh_token: refreshToken,
    openid: grant.openId,
    scope: grant.scope,
    ...(grant.scope === 'snsapi_userinfo' && { unionid: unionId }),
  };
}
