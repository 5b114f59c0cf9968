import { SANDBOX_ACCOUNT } from '../../../src/sandbox/default-account.js';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config.js';
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

  test('when no account is set, then a `.env` that is read later cannot mix its account in', () => {
    const env = withDevelopmentDefaults({});
    expect(env).toMatchObject({ WECHAT_ACCOUNTS_FILE: '', WECHAT_PREVIOUS_TOKEN: '' });
  });

  test('when the sandbox is held against it, then both speak of the same account', () => {
    expect(SANDBOX_ACCOUNT).toMatchObject(developmentAccount);
  });
});
