import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { resolve } from 'node:path';
import { startConnectProxy, type ConnectProxy } from '../support/processes/connect-proxy.js';
import { portOf } from '../support/processes/port-of.js';
import { ServerGround } from '../support/processes/server-process.js';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { sendAttempt, typeText } from '../support/wechat/wechat.js';

const tls = (name: string) => resolve(`test/support/tls/${name}.pem`);
/** Its certificate is among those of the tests; no resolver knows it. */
const HOST = 'redis.example.com';

/** TLS in front of WeChat's API. */
async function startTls(api: FakeWechatApi): Promise<Server> {
  const options = { cert: readFileSync(tls('elsewhere-cert')), key: readFileSync(tls('elsewhere-key')) };
  const server = createServer(options, (incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    const passed = request(api.url + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('given a network that https leaves through a proxy', () => {
  let api: FakeWechatApi;
  let far: Server;
  let proxy: ConnectProxy;
  let ground: ServerGround;
  beforeEach(async () => {
    api = await startFakeWechatApi();
    far = await startTls(api);
    proxy = await startConnectProxy({ [`${HOST}:443`]: portOf(far) });
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: `https://${HOST}`,
      HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: tls('test-ca'),
      REPLY_DEADLINE_MS: '700',
    });
  });
  afterEach(async () => {
    await ground.clear();
    await proxy.close();
    far.closeAllConnections();
    far.close();
    await api.close();
  });

  test('when a late answer is sent, then it goes through the proxy, which sees a name and its own password', async () => {
    const server = await ground.start();
    const text = typeText('slow 1000 proxied');
    expect(await sendAttempt(server.url, text)).toMatchObject({ body: 'success' });
    await eventually(() => expect(api.received.map(({ openid }) => openid)).toEqual([text.user]));
    expect(new Set(proxy.asked.map(({ where }) => where))).toEqual(new Set([`${HOST}:443`]));
    const [{ authorization = '' } = {}] = proxy.asked;
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe('user:p@ss');
    // Connections are kept: fewer of them than calls.
    expect(proxy.asked.length).toBeLessThan(5);
    const ready = server.log.find(({ msg }) => msg === 'ready');
    expect(ready).toMatchObject({ proxy: `127.0.0.1:${proxy.port}` });
    expect(JSON.stringify(server.log)).not.toMatch(/p@ss|p%40ss/);
    expect(await server.stop()).toBe(0);
  });
});
