import { FIXTURE_ACCOUNT, PREVIOUS_FIXTURE_KEY } from './seal.js';

/** The account of the fixtures, as the server is told of it. */
export const FIXTURE_SETTINGS = {
  WECHAT_APP_ID: FIXTURE_ACCOUNT.appId,
  WECHAT_APP_SECRET: 'fixtureSecret2026fixtureSecret2026',
  WECHAT_TOKEN: FIXTURE_ACCOUNT.token,
  WECHAT_ENCODING_AES_KEY: FIXTURE_ACCOUNT.encodingAesKey,
  WECHAT_PREVIOUS_ENCODING_AES_KEY: PREVIOUS_FIXTURE_KEY,
} as const;

/** The same, of a server whose calls to WeChat reach nobody: tests ask no host outside this machine. */
export const UNREACHABLE_WECHAT = {
  ...FIXTURE_SETTINGS,
  WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
} as const;
