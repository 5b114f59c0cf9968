import { describe, expect, test } from '@jest/globals';
import { ConfigInvalid, readConfig, secretsOf } from '../../../src/config/config.js';

const KEY = 'Qk9jVzdzTmZ4cUwyYUhkR3RSeUU1dU1pUDh2WmswYld';
const OTHER = 'T2xkS2V5T2xkS2V5T2xkS2V5T2xkS2V5T2xkS2V5T2w';
const plain = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 'account-token' };
const safe = { ...plain, WECHAT_ENCODING_AES_KEY: KEY };
const FORWARD_URL = 'http://127.0.0.1:3000/index.php?r=wechat';
const backendOf = (env: Record<string, string>) => readConfig(env).accounts[0]?.forward;

describe('given FORWARD_URL', () => {
  test('when nothing else is set, then the backend has token, key and mode of the account', () => {
    const token = 'account-token';
    expect(backendOf({ ...safe, FORWARD_URL })).toEqual({
      url: FORWARD_URL,
      token,
      encodingAesKey: KEY,
      mode: 'safe',
    });
    expect(backendOf({ ...plain, FORWARD_URL })).toEqual({
      url: FORWARD_URL,
      token,
      encodingAesKey: undefined,
      mode: 'plaintext',
    });
    expect(backendOf(plain)).toBeUndefined();
  });

  test('when the backend has its own, then those are used, and they are secrets', () => {
    const env = { ...plain, FORWARD_URL, FORWARD_TOKEN: 'its-token', FORWARD_AES_KEY: OTHER };
    expect(backendOf(env)).toMatchObject({ token: 'its-token', encodingAesKey: OTHER, mode: 'safe' });
    expect(backendOf({ ...safe, FORWARD_URL, FORWARD_MODE: 'plaintext' })).toMatchObject({
      mode: 'plaintext',
    });
    expect(secretsOf(readConfig(env))).toEqual(expect.arrayContaining(['its-token', OTHER]));
  });

  test.each([
    [{ FORWARD_TOKEN: 't' }, /FORWARD_TOKEN is set, and FORWARD_URL is missing/],
    [{ FORWARD_URL, FORWARD_MODE: 'safe' }, /FORWARD_MODE is "safe", and there is no AES key/],
    [{ FORWARD_URL: 'http://user:pw@host/' }, /FORWARD_URL/],
    [{ FORWARD_URL: 'localhost:3000' }, /FORWARD_URL/],
    [{ FORWARD_URL, FORWARD_RETRY: '3000' }, /FORWARD_RETRY/],
    [{ FORWARD_URL, FORWARD_RETRY: 'never' }, /FORWARD_RETRY/],
  ])('when %j cannot be used, then the fault names it', (more, sentence) => {
    expect(() => readConfig({ ...plain, ...more })).toThrow(ConfigInvalid);
    expect(() => readConfig({ ...plain, ...more })).toThrow(sentence);
  });

  test('when it stands in the file of accounts, then it is that account’s', () => {
    const file = JSON.stringify({
      shop: { appId: 'wx1', token: 't', forwardUrl: FORWARD_URL, forwardToken: 'x' },
      club: { appId: 'wx2', token: 't' },
    });
    const { accounts } = readConfig({ WECHAT_ACCOUNTS_FILE: 'a.json' }, () => file);
    expect(accounts.map(({ forward }) => forward?.token)).toEqual(['x', undefined]);
  });
});
