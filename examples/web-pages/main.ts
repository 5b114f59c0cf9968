/**
 * Runs the site on 127.0.0.1:8080 with the sandbox as WeChat:
 *
 *   npm run sandbox                                  in one terminal
 *   node --conditions=wechat-callback-source --import tsx examples/web-pages/main.ts     in another; then open http://127.0.0.1:8080
 *
 * With the variables of .env.example set, the real WeChat takes its place.
 */
import { createServer } from 'wechat-callback-server';
import { createSite } from './app.js';

const sandbox = 'http://127.0.0.1:8090';
const settings = {
  WECHAT_APP_ID: 'wxdevelopment0001',
  WECHAT_APP_SECRET: 'development-secret-of-the-sandbox',
  WECHAT_TOKEN: 'development',
  WECHAT_ENCODING_AES_KEY: 'DevelopmentKeyDevelopmentKeyDevelopmentKey0',
  WECHAT_API_BASE_URLS: `${sandbox}/api.weixin.qq.com`,
  DATA_DIR: './data/web-pages',
  PUBLIC_URL: 'http://127.0.0.1:8080',
  OAUTH_PATH: '/oauth',
  OAUTH_RETURN_HOSTS: 'http://127.0.0.1:8080',
  OAUTH_SESSION_KEY: 'made up, and good for nothing but trying things out',
  OAUTH_AUTHORIZE_URL: `${sandbox}/connect/oauth2/authorize`,
  JS_SDK_PATH: '/js-sdk',
  JS_SDK_HOSTS: '127.0.0.1:8080',
};
const isReal = process.env['WECHAT_APP_ID'] !== undefined;

const wechat = await createServer(isReal ? process.env : settings, { handlers: './handlers' });
await wechat.open();
const jweixin = isReal ? 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js' : `${sandbox}/connect/jweixin.js`;
const server = createSite(wechat, { jweixin }).listen(8080, '127.0.0.1', (error) => {
  if (error === undefined) {
    console.log('http://127.0.0.1:8080');
    return;
  }
  console.error(
    `port 8080 cannot be listened on (${error.message}): end what runs there, such as npm run dev`,
  );
  process.exitCode = 1;
  void wechat.stop();
});
process.once('SIGINT', () => {
  server.close(() => void wechat.stop());
});
