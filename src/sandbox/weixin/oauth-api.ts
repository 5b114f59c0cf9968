import type { Grant } from '../book/grants.js';
import type { Stage } from '../stage.js';
import { OK, Refusal, type Endpoint, type JsonObject } from './endpoint.js';
import { OAUTH_PAGE } from './oauth-page.js';

/** Web authorization (网页授权). These calls know the app's access token not at all. */
export const OAUTH_API: readonly Endpoint[] = [
  OAUTH_PAGE,
  {
    path: '/sns/oauth2/access_token',
    method: 'ANY',
    token: false,
    right: 'oauth',
    handle({ query }, stage) {
      const { appId, appSecret } = stage.account();
      if (query['grant_type'] !== 'authorization_code') throw new Refusal(40002);
      if (query['appid'] !== appId) throw new Refusal(40013);
      if (query['secret'] !== appSecret) throw new Refusal(40125);
      if ((query['code'] ?? '') === '') throw new Refusal(41008);
      return issued(granted(stage.grants.useCode(query['code'] ?? '')), stage);
    },
  },
  {
    path: '/sns/oauth2/refresh_token',
    method: 'ANY',
    token: false,
    right: 'oauth',
    handle({ query }, stage) {
      if (query['appid'] !== stage.account().appId) throw new Refusal(40013);
      if (query['grant_type'] !== 'refresh_token') throw new Refusal(40002);
      if ((query['refresh_token'] ?? '') === '') throw new Refusal(41003);
      return issued(granted(stage.grants.refresh(query['refresh_token'] ?? '')), stage);
    },
  },
  {
    path: '/sns/userinfo',
    method: 'ANY',
    token: false,
    right: 'oauth',
    handle({ query }, stage) {
      const { openId, scope } = granted(stage.grants.byAccessToken(query['access_token'] ?? ''));
      if (openId !== query['openid']) throw new Refusal(40003);
      if (scope !== 'snsapi_userinfo') throw new Refusal(48001);
      const { nickname, unionId } = stage.followers.meet(openId);
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
    handle({ query }, stage) {
      const { openId } = granted(stage.grants.byAccessToken(query['access_token'] ?? ''));
      if (openId !== query['openid']) throw new Refusal(40003);
      return OK;
    },
  },
];

function granted(grant: Grant | number): Grant {
  if (typeof grant === 'number') throw new Refusal(grant);
  return grant;
}

function issued(grant: Grant, stage: Stage): JsonObject {
  const { accessToken, refreshToken } = stage.grants.issue(grant);
  const { unionId } = stage.followers.meet(grant.openId);
  return {
    access_token: accessToken,
    expires_in: 7_200,
    refresh_token: refreshToken,
    openid: grant.openId,
    scope: grant.scope,
    ...(grant.scope === 'snsapi_userinfo' && { unionid: unionId }),
  };
}
