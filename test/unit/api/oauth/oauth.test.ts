import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ApiRequest } from '../../../../src/api/access-points/access-points.js';
import { ApiRefused, ApiUnreachable, SecretMissing } from '../../../../src/api/api-error.js';
import { createAppSecret } from '../../../../src/api/app-secret.js';
import { readAnswer } from '../../../../src/api/response.js';
import { authorizeUrl, createOAuthApi } from '../../../../src/api/oauth/oauth.js';
import { nextOAuthStep, type OAuthCall } from '../../../../src/api/oauth/oauth-step.js';
import { httpResponse } from '../../../../src/ports/http-client.js';
import { toAppId } from '../../../../src/protocol/ids.js';

function apiThatHears(text: string, secret: string | undefined = 'secret') {
  const asked: ApiRequest[] = [];
  const api = createOAuthApi({
    appId: toAppId('wxTests'),
    secret: createAppSecret(toAppId('wxTests'), secret),
    accessPoints: {
      async exchange(exchange) {
        asked.push(exchange);
        return readAnswer(exchange.path, httpResponse(200, text));
      },
    },
  });
  return { api, asked };
}
const USER = { accessToken: 'TOKEN', openId: 'oUser' };
const refusal = (errcode: number) =>
  new ApiRefused('/sns/x', { errcode, text: 'no', errorClass: 'bad-request' });

describe('given the authorize page', () => {
  test('when its address is made, then parameters stand in the order that the page insists on', () => {
    const request = {
      appId: 'wx1',
      redirectUri: 'https://www.example.com/back?a=1&b=你',
      scope: 'snsapi_userinfo',
      state: 'abc123',
    } as const;
    const start =
      'https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1' +
      '&redirect_uri=https%3A%2F%2Fwww.example.com%2Fback%3Fa%3D1%26b%3D%E4%BD%A0' +
      '&response_type=code&scope=snsapi_userinfo&state=abc123';
    expect(authorizeUrl(request)).toBe(`${start}#wechat_redirect`);
    expect(authorizeUrl({ ...request, forcePopup: true })).toBe(`${start}&forcePopup=true#wechat_redirect`);
  });

  test('when the state is more than 1 to 128 letters and digits, then no address is made', () => {
    const make = (state: string) =>
      authorizeUrl({ appId: 'wx1', redirectUri: 'https://a', scope: 'snsapi_base', state });
    expect(make('a'.repeat(128))).toContain('state=aaa');
    for (const state of ['', 'a'.repeat(129), 'a-b', 'a b', 'é', 'a\n']) {
      expect(() => make(state)).toThrow(RangeError);
    }
  });
});

describe('given a code', () => {
  const granted = {
    access_token: 'ACCESS',
    expires_in: 7200,
    refresh_token: 'REFRESH',
    openid: 'oUser',
    scope: 'snsapi_userinfo',
    is_snapshotuser: 1,
    unionid: ' oUnion',
  };

  test('when it is exchanged, then once, at most at one host, and the grant comes out whole', async () => {
    const { api, asked } = apiThatHears(JSON.stringify(granted));
    expect(await api.exchangeCode('CODE')).toEqual({
      openId: 'oUser',
      scope: 'snsapi_userinfo',
      unionId: ' oUnion',
      isSnapshotUser: true,
      accessToken: 'ACCESS',
      refreshToken: 'REFRESH',
      lifetimeMs: 7_200_000,
    });
    expect(asked).toEqual([
      expect.objectContaining({
        method: 'GET',
        path: '/sns/oauth2/access_token',
        query: { appid: 'wxTests', secret: 'secret', code: 'CODE', grant_type: 'authorization_code' },
        idempotent: false,
      }),
    ]);
  });

  test('when the answer is not whole, then it is no grant', async () => {
    for (const name of ['access_token', 'refresh_token', 'openid']) {
      const { api } = apiThatHears(JSON.stringify({ ...granted, [name]: undefined }));
      await expect(api.exchangeCode('CODE')).rejects.toThrow(ApiUnreachable);
    }
    const { api } = apiThatHears(JSON.stringify({ ...granted, is_snapshotuser: undefined, unionid: '' }));
    const grant = await api.exchangeCode('CODE');
    expect([grant.isSnapshotUser, 'unionId' in grant]).toEqual([false, false]);
  });

  test('when the account has no secret, then nothing is asked', async () => {
    const asked: ApiRequest[] = [];
    const api = createOAuthApi({
      appId: toAppId('wxTests'),
      secret: createAppSecret(toAppId('wxTests'), undefined),
      accessPoints: { exchange: (exchange) => Promise.reject(new Error(String(asked.push(exchange)))) },
    });
    await expect(api.exchangeCode('CODE')).rejects.toThrow(SecretMissing);
    expect(asked).toEqual([]);
  });
});

describe("given a user's token", () => {
  test('when the profile is read, then odd answers come out as one shape', async () => {
    const { api, asked } = apiThatHears(
      '{"openid":"oUser","nickname":"小\u0001红","sex":"2","privilege":["PRIVILEGE1",7],"headimgurl":"http://x/0"}',
    );
    expect(await api.userInfo(USER, 'en')).toEqual({
      openId: 'oUser',
      nickname: '小 红',
      sex: 2,
      province: '',
      city: '',
      country: '',
      headImageUrl: 'http://x/0',
      privileges: ['PRIVILEGE1'],
    });
    expect(asked[0]).toMatchObject({
      path: '/sns/userinfo',
      query: { access_token: 'TOKEN', openid: 'oUser', lang: 'en' },
    });
  });

  test('when it is checked, then a no is an answer, and a failure is none', async () => {
    expect(await apiThatHears('{"errcode":0,"errmsg":"ok"}').api.check(USER)).toBe(true);
    for (const errcode of [40003, 40001, 42001, 42007]) {
      expect(await apiThatHears(`{"errcode":${errcode},"errmsg":"no"}`).api.check(USER)).toBe(false);
    }
    await expect(apiThatHears('{"errcode":-1,"errmsg":"busy"}').api.check(USER)).rejects.toThrow(ApiRefused);
    await expect(apiThatHears('<html>').api.check(USER)).rejects.toThrow(ApiUnreachable);
  });

  test('when it is refused in text, as some answers are, then that is a refusal', async () => {
    const { api } = apiThatHears(
      '{"errcode":"48001","errmsg":"api unauthorized, rid: 6363877b-5c6d3083-27a85aff"}',
    );
    await expect(api.userInfo(USER)).rejects.toMatchObject({
      errcode: 48001,
      rid: '6363877b-5c6d3083-27a85aff',
    });
  });
});

describe('given a failed call of web authorization', () => {
  test.each([
    ['exchange', 'restart', [40029, 40163, 42003, 41008]],
    ['exchange', 'mend', [40001, 40013, 40125, 48001]],
    ['refresh', 'restart', [40030, 42002, 42007]],
    ['profile', 'renew', [40001, 40014, 42001]],
    ['profile', 'restart', [42007, 40003]],
    ['profile', 'ask-more', [48001]],
    ['profile', 'wait', [-1, 45009, 45011]],
  ] as const)('when it is %s and the step is %s, then for %j', (call, step, errcodes) => {
    for (const errcode of errcodes) expect(nextOAuthStep(call, refusal(errcode))).toBe(step);
  });

  test('when WeChat said nothing, then the same may work later', () => {
    expect(nextOAuthStep('exchange', new ApiUnreachable('/sns/x', 'no answer', { sent: true }))).toBe('wait');
    expect(nextOAuthStep('exchange', new SecretMissing())).toBe('mend');
  });

  test('when a code is exchanged, then no errcode asks for a renewal of a token that is not there', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2, max: 100_000 }), (errcode) => {
        const calls: OAuthCall[] = ['exchange', 'refresh'];
        for (const call of calls) expect(nextOAuthStep(call, refusal(errcode))).not.toBe('renew');
      }),
    );
  });
});
