import type { Account } from './types/types.js';

/** The fixed test account. Its secrets are made up and public, so it is useful for tests only. */
export const SANDBOX_ACCOUNT: Account = {
  target: 'http://127.0.0.1:8080/wechat',
  appId: 'wxdevelopment0001',
  appSecret: 'development-secret-of-the-sandbox',
  token: 'development',
  encodingAesKey: 'DevelopmentKeyDevelopmentKeyDevelopmentKey0',
  originalId: 'gh_development1',
  mode: 'safe',
  kind: 'service-verified',
  name: '沙箱公众号',
  oauthDomain: '',
  miniPrograms: [],
  agents: ['kf2001@example_gzh', 'kf2002@example_gzh'],
};
