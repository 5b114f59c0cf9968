import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig, secretsOf } from '../../../src/config/config.js';

const KEY = 'k'.repeat(32);
const ACCOUNT = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't', WECHAT_APP_SECRET: 's' };
const OAUTH = {
  ...ACCOUNT,
  PUBLIC_URL: 'https://www.example.com/',
  OAUTH_PATH: '/oauth/',
  OAUTH_RETURN_HOSTS: 'www.example.com, Shop.Example.com/app/, http://127.0.0.1:3000',
  OAUTH_SESSION_KEY: KEY,
};
const JS_SDK = { ...ACCOUNT, JS_SDK_PATH: '/js-sdk', JS_SDK_HOSTS: 'WWW.example.com, 127.0.0.1:8080' };

function faultsOf(env: Record<string, string>, file?: string): readonly string[] {
  try {
    readConfig(env, () => file ?? '');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.message.split('\n').filter((line) => line.includes('. '));
  }
}
const without = (env: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));

describe('given nothing about web pages', () => {
  test('when it is read, then there are no routes for them', () => {
    expect(readConfig(ACCOUNT)).toMatchObject({ oauth: [], pageSignatures: [] });
  });
});

describe('given web authorization', () => {
  test('when it is read, then addresses are as browsers write them', () => {
    const config = readConfig(OAUTH);
    expect(config.oauth).toEqual([
      {
        account: 'default',
        path: '/oauth',
        url: 'https://www.example.com/oauth',
        authorizePage: 'https://open.weixin.qq.com/connect/oauth2/authorize',
        scope: 'snsapi_base',
        returnTo: ['https://www.example.com', 'https://shop.example.com/app', 'http://127.0.0.1:3000'],
        allowSnapshotUsers: false,
        sessionKey: KEY,
        sessionLifetimeMs: 86_400_000,
        cookieName: 'wechat',
      },
    ]);
    expect(config.warnings).toEqual([]);
    expect(secretsOf(config)).toContain(KEY);
  });

  test.each(['PUBLIC_URL', 'OAUTH_RETURN_HOSTS', 'OAUTH_SESSION_KEY'])(
    'when %s is missing, then that is a fault',
    (name) => {
      expect(faultsOf(without(OAUTH, name))).toEqual([expect.stringContaining(`${name} is missing`)]);
    },
  );

  test('when the account has no secret, then that is a fault', () => {
    expect(faultsOf(without(OAUTH, 'WECHAT_APP_SECRET'))).toEqual([expect.stringContaining('AppSecret')]);
  });

  test.each([
    ['OAUTH_RETURN_HOSTS', '*.example.com'],
    ['OAUTH_RETURN_HOSTS', 'www.example.com,,'],
    ['OAUTH_RETURN_HOSTS', 'https://user@www.example.com'],
    ['OAUTH_RETURN_HOSTS', 'www.example.com?x=1'],
    ['OAUTH_RETURN_HOSTS', 'javascript://www.example.com'],
    ['OAUTH_PATH', '/'],
    ['OAUTH_PATH', '/healthz'],
    ['OAUTH_PATH', '/:name'],
    ['OAUTH_SESSION_KEY', 'short'],
    ['OAUTH_SCOPE', 'snsapi_login'],
    ['PUBLIC_URL', 'www.example.com'],
  ])('when %s is %j, then that is a fault', (name, value) => {
    const faults = faultsOf({ ...OAUTH, [name]: value });
    expect(faults.some((fault) => fault.includes(name))).toBe(true);
    if (name === 'OAUTH_SESSION_KEY') expect(faults.join()).not.toContain(value);
  });

  test('when two routes would have one path, then that is a fault', () => {
    expect(faultsOf({ ...OAUTH, OAUTH_PATH: '/wechat' })).toEqual([expect.stringContaining('CALLBACK_PATH')]);
    expect(faultsOf({ ...OAUTH, ...JS_SDK, JS_SDK_PATH: '/oauth' })).toEqual([
      expect.stringContaining('JS_SDK_PATH leads to /oauth, and so does OAUTH_PATH'),
    ]);
  });

  test('when it is half set up or unsafe, then there is a warning', () => {
    const warningsOf = (env: Record<string, string>) => readConfig(env).warnings.map(({ en }) => en);
    expect(warningsOf(without(OAUTH, 'OAUTH_PATH'))).toEqual([
      expect.stringContaining('OAUTH_RETURN_HOSTS does nothing'),
    ]);
    expect(warningsOf({ ...OAUTH, PUBLIC_URL: 'http://www.example.com' })).toEqual([
      expect.stringContaining('not https'),
    ]);
    expect(warningsOf({ ...OAUTH, PUBLIC_URL: 'http://127.0.0.1:8080' })).toEqual([]);
  });
});

describe('given page signatures', () => {
  test('when they are read, then hosts are as browsers write them', () => {
    expect(readConfig(JS_SDK).pageSignatures).toEqual([
      { account: 'default', path: '/js-sdk', hosts: ['www.example.com', '127.0.0.1:8080'] },
    ]);
  });

  test('when nobody can give a ticket, or there are no hosts, then that is a fault', () => {
    expect(faultsOf(without(JS_SDK, 'JS_SDK_HOSTS'))).toEqual([
      expect.stringContaining('JS_SDK_HOSTS is missing'),
    ]);
    expect(faultsOf(without(JS_SDK, 'WECHAT_APP_SECRET'))).toEqual([expect.stringContaining('AppSecret')]);
  });

  test.each(['*.example.com', 'https://www.example.com', 'www.example.com/page', 'a@b', 'a b', ''])(
    'when a host is %j, then that is a fault',
    (host) => {
      expect(faultsOf({ ...JS_SDK, JS_SDK_HOSTS: `www.example.com,${host}` })).toHaveLength(1);
    },
  );
});

describe('given several accounts', () => {
  const file = JSON.stringify({
    shop: {
      appId: 'wx1',
      appSecret: 's',
      token: 't',
      oauthReturnHosts: 'shop.example.com',
      oauthScope: 'snsapi_userinfo',
      jsSdkHosts: 'shop.example.com',
    },
    club: { appId: 'wx2', appSecret: 's', token: 't', oauthReturnHosts: 'club.example.com' },
    quiet: { appId: 'wx3', token: 't' },
  });
  const env = {
    WECHAT_ACCOUNTS_FILE: 'accounts.json',
    PUBLIC_URL: 'https://www.example.com',
    OAUTH_PATH: '/oauth',
    OAUTH_SESSION_KEY: KEY,
    JS_SDK_PATH: '/js-sdk',
  };

  test('when they are read, then each has its own paths, addresses and cookies', () => {
    const { oauth, pageSignatures } = readConfig(env, () => file);
    expect(oauth.map(({ path, returnTo, scope, cookieName }) => [path, returnTo, scope, cookieName])).toEqual(
      [
        ['/oauth/shop', ['https://shop.example.com'], 'snsapi_userinfo', 'wechat-shop'],
        ['/oauth/club', ['https://club.example.com'], 'snsapi_base', 'wechat-club'],
      ],
    );
    expect(pageSignatures).toEqual([{ account: 'shop', path: '/js-sdk/shop', hosts: ['shop.example.com'] }]);
  });

  test('when the addresses stand in the environment, then that is a fault', () => {
    expect(faultsOf({ ...env, OAUTH_RETURN_HOSTS: 'x.example.com' }, file)).toEqual([
      expect.stringContaining('OAUTH_RETURN_HOSTS'),
    ]);
  });
});
