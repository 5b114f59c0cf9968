import type { Account } from './types.js';

/** The fixed test account: made up, known to everybody, good for nothing but trying things out. */
export const SANDBOX_ACCOUNT: Account = {
  target: 'http://127.0.0.1:8080/wechat',
  appId: 'wxdevelopment0001',
  appSecret: 'development-secret-of-the-sandbox',
  token: 'development',
  encodingAesKey: 'DevelopmentKeyDevelopmentKeyDevelopmentKey0',
  originalId: 'gh_development1',
  mode: 'safe',
  kind: 'service-verified',
  name: '沙盒公众号',
  oauthDomain: '',
};
