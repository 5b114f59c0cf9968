import { SANDBOX_ACCOUNT } from '../../../src/sandbox/default-account.js';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/config.js';
import { developmentAccount, withDevelopmentDefaults } from '../../../src/config/development-account.js';

describe('given the environment of development', () => {
  test('when nothing is set, then it is a whole configuration in safe mode on loopback', () => {
    const config = readConfig(withDevelopmentDefaults({}));
    expect(config).toMatchObject({ public: { host: '127.0.0.1', port: 8080 }, reloadHandlers: true });
    expect(config.accounts).toEqual([
      expect.objectContaining({ appId: developmentAccount.appId, cipherMode: 'safe' }),
    ]);
  });

  test('when something is set, then it wins; an account of its own comes without any of the test account', () => {
    const env = { PORT: '9000', WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' };
    const config = readConfig(withDevelopmentDefaults(env));
    expect(config.public).toEqual({ host: '127.0.0.1', port: 9000 });
    expect(config.accounts[0]).toMatchObject({
      appId: 'wx1',
      appSecret: undefined,
      encodingAesKeys: [],
      originalId: undefined,
    });
    expect(config.apiBaseUrls[0]).toBe('https://api.weixin.qq.com');
  });

  test('when `.env` has ports, then they count, and those of the environment before them; all else of it stays out', () => {
    const file = {
      PORT: '8180',
      SANDBOX_PORT: '8190',
      ADMIN_PORT: '9190',
      HOST: '0.0.0.0',
      WECHAT_APP_ID: 'wx1',
    };
    expect(withDevelopmentDefaults({ PORT: '8280' }, file)).toMatchObject({
      PORT: '8280',
      SANDBOX_PORT: '8190',
      ADMIN_PORT: '9190',
      HOST: '127.0.0.1',
      WECHAT_APP_ID: developmentAccount.appId,
      WECHAT_API_BASE_URLS: expect.stringContaining('http://127.0.0.1:8190/api.weixin.qq.com'),
    });
    expect(withDevelopmentDefaults({}, { PORT: '' })).toMatchObject({ PORT: '8080' });
  });

  test('when a variable is empty, then it counts as absent', () => {
    expect(withDevelopmentDefaults({ PORT: '', WECHAT_APP_ID: '' })).toMatchObject({
      PORT: '8080',
      WECHAT_APP_ID: developmentAccount.appId,
    });
  });

  test('when no account is set, then a `.env` that is read later cannot mix its account in', () => {
    const env = withDevelopmentDefaults({});
    expect(env).toMatchObject({ WECHAT_ACCOUNTS_FILE: '', WECHAT_PREVIOUS_TOKEN: '' });
  });

  test('when the sandbox is held against it, then both speak of the same account', () => {
    expect(SANDBOX_ACCOUNT).toMatchObject(developmentAccount);
  });
});
