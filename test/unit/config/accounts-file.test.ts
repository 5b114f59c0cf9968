import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig } from '../../../src/config/config.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const env = { WECHAT_ACCOUNTS_FILE: '/accounts.json' };
const read = (accounts: unknown, more: Record<string, string> = {}) =>
  readConfig({ ...env, ...more }, () => (typeof accounts === 'string' ? accounts : JSON.stringify(accounts)));

function faultsOf(accounts: unknown, more: Record<string, string> = {}): string {
  try {
    read(accounts, more);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.faults.join('\n');
    throw error;
  }
  return '';
}

describe('given an accounts file', () => {
  test('when it holds two accounts, then each has its own path below CALLBACK_PATH', () => {
    const accounts = {
      shop: { appId: 'wx1', token: 't1', encodingAesKey: KEY, previousToken: 't0', originalId: 'gh_1' },
      club: { appId: 'wx2', token: 't2', appSecret: 's2', cipherMode: '' },
    };
    expect(read(accounts).accounts).toEqual([
      expect.objectContaining({
        name: 'shop',
        path: '/wechat/shop',
        tokens: ['t1', 't0'],
        cipherMode: 'safe',
      }),
      expect.objectContaining({
        name: 'club',
        path: '/wechat/club',
        appSecret: 's2',
        cipherMode: 'plaintext',
      }),
    ]);
    expect(read(accounts, { CALLBACK_PATH: '/' }).accounts[0]?.path).toBe('/shop');
  });

  test('when it has faults, then all are told with their place, and no secret is quoted', () => {
    const faults = faultsOf({
      'a/b': { appId: 'wx1', token: 't' },
      shop: { appID: 'wx1', token: 'much-too-long-for-a-callback-token' },
      club: { appId: 7, token: 't', cipherMode: 'safe' },
    });
    expect(faults).toMatch(/account name "a\/b"/);
    expect(faults).toMatch(/shop\.appID is not a setting of an account. Did you mean appId\?/);
    expect(faults).toMatch(/shop\.appId is missing/);
    expect(faults).toMatch(/shop\.token has 34 characters \(not shown\)/);
    expect(faults).toMatch(/club\.appId is of type number/);
    expect(faults).toMatch(/club\.encodingAesKey is missing/);
    expect(faults).not.toContain('much-too-long');
  });

  test.each(['', 'secret{', '[]', '{}', 'null', '{"a":1}', '"secret"'])(
    'when it is %j, then one fault says so',
    (text) => {
      const faults = faultsOf(text);
      expect(faults).toMatch(/is not a JSON object of accounts/);
      expect(faults).not.toContain('secret');
    },
  );

  test('when account variables are set with it, then that is a fault which names them', () => {
    const faults = faultsOf({ a: { appId: 'wx1', token: 't' } }, { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' });
    expect(faults).toMatch(/together with WECHAT_APP_ID, WECHAT_TOKEN;/);
  });

  test('when it cannot be read, then the reason is told', () => {
    const unreadable = () => {
      throw Object.assign(new Error('denied'), { code: 'EACCES' });
    };
    expect(() => readConfig(env, unreadable)).toThrow(
      /WECHAT_ACCOUNTS_FILE "\/accounts.json" cannot be read \(EACCES\)/,
    );
  });
});
