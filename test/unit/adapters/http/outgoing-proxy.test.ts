import { describe, expect, test } from '@jest/globals';
import { createHttpClient } from '../../../../src/adapters/http/http-client.js';
import { usesProxy } from '../../../../src/adapters/http/outgoing-proxy.js';
import { readConfig } from '../../../../src/config/config.js';
import { startConnectProxy } from '../../../support/processes/connect-proxy.js';

const settings = { WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' };
const proxyOf = (NO_PROXY: string) =>
  readConfig({ ...settings, HTTPS_PROXY: 'http://proxy:3128', NO_PROXY }).proxy;

describe('given HTTPS_PROXY and NO_PROXY', () => {
  test.each([
    ['https://api.weixin.qq.com/x', '', true],
    ['http://api.weixin.qq.com/x', '', false],
    ['https://localhost:8443', '', false],
    ['https://127.0.0.5', '', false],
    ['https://[::1]', '', false],
    ['https://api.weixin.qq.com', 'qq.com', false],
    ['https://api.weixin.qq.com', '.qq.com', false],
    ['https://api.weixin.qq.com', '*.qq.com', false],
    ['https://notqq.com', 'qq.com', true],
    ['https://a.example.com', 'other.com, example.com', false],
    ['https://a.example.com', 'other.com example.com', false],
    ['https://a.example.com:8443', 'example.com:8443', false],
    ['https://a.example.com', 'example.com:8443', true],
    ['https://10.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', false],
    ['https://10.1.2.4', '10.1.2.3', true],
    ['https://[2001:db8::1]', '2001:db8::/32', false],
    ['https://api.weixin.qq.com', '*', false],
  ])('when %s is called with NO_PROXY=%s, then it goes through the proxy: %s', (url, bypass, goes) => {
    expect(usesProxy(new URL(url), proxyOf(bypass))).toBe(goes);
  });

  test('when they are written in small letters, then they count, too', () => {
    const { proxy } = readConfig({ ...settings, https_proxy: 'http://proxy:3128', no_proxy: 'a.com' });
    expect(proxy).toEqual({ url: 'http://proxy:3128', bypass: ['a.com'] });
  });

  test('when the proxy refuses, then the call fails before it was sent, and says so', async () => {
    const proxy = await startConnectProxy({});
    try {
      const http = createHttpClient({ url: `http://127.0.0.1:${proxy.port}`, bypass: [] });
      await expect(
        http({ method: 'GET', url: 'https://api.weixin.qq.com/', timeoutMs: 10_000 }),
      ).rejects.toMatchObject({
        message: 'api.weixin.qq.com: the proxy of HTTPS_PROXY answered 403',
        sent: false,
        kind: 'connect',
      });
    } finally {
      await proxy.close();
    }
  });
});
