import type { AccessPointView, Account, ConsoleForm } from '../types/types.js';

/** Settings for the account's console and for the environment of the server under test. */
export function consoleForm(account: Account, accessPoints: readonly AccessPointView[]): ConsoleForm {
  return {
    url: account.target,
    token: account.token,
    encodingAesKey: account.encodingAesKey,
    mode: account.mode,
    dataFormat: 'XML',
    environment: {
      WECHAT_APP_ID: account.appId,
      WECHAT_APP_SECRET: account.appSecret,
      WECHAT_TOKEN: account.token,
      ...(account.mode !== 'plaintext' && { WECHAT_ENCODING_AES_KEY: account.encodingAesKey }),
      WECHAT_CIPHER_MODE: account.mode,
      WECHAT_ORIGINAL_ID: account.originalId,
      WECHAT_API_BASE_URLS: accessPoints.map(({ url }) => url).join(','),
    },
  };
}
