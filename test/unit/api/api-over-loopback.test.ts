import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAppSecret } from '../../../src/api/app-secret.js';
import { createHttpClient } from '../../../src/adapters/http/http-client.js';
import { createAccessPoints } from '../../../src/api/access-points/access-points.js';
import { createApi, type Api } from '../../../src/api/client.js';
import type { TokenChannel } from '../../../src/api/fetch-token.js';
import { createTokenKeeper } from '../../../src/api/token-keeper.js';
import { systemClock } from '../../../src/ports/clock.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { toAppId, toOpenId } from '../../../src/protocol/ids.js';
import { startFakeWechatApi, type FakeWechatApi, type Fault } from '../../support/wechat/fake-wechat-api.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

const USER = toOpenId('oUser');
const text = (content: string) => ({ msgtype: 'text', text: { content } }) as const;

let fake: FakeWechatApi;
beforeEach(async () => {
  fake = await startFakeWechatApi();
});
afterEach(() => fake.close());

function createClient(
  options: { channel?: TokenChannel; urls?: string[]; timeoutMs?: number; store?: MemoryStateStore } = {},
): Api {
  const {
    channel = 'stable',
    urls = [fake.url],
    timeoutMs = 2_000,
    store = new MemoryStateStore(),
  } = options;
  const appId = toAppId('wx0000000000000001');
  const common = { clock: systemClock, log: silentLogger };
  const accessPoints = createAccessPoints({ ...common, urls, http: createHttpClient() });
  const tokens = createTokenKeeper({
    ...common,
    appId,
    secret: createAppSecret(appId, 'test-secret'),
    channel,
    store,
    accessPoints,
  });
  return createApi({ accessPoints, tokens, timeoutMs });
}

/** Listens, and does with each connection what it is told. */
async function startRaw(onConnection: (socket: Socket) => void): Promise<{ server: Server; host: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume(); // unread, its end would never be seen
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, host: `127.0.0.1:${address.port}` };
}

/** A port of loopback on which nobody listens. */
async function deadHost(): Promise<string> {
  const { server, host } = await startRaw(() => {});
  await new Promise((resolve) => server.close(resolve));
  return host;
}

describe('given the API on loopback', () => {
  test.each(['stable', 'ordinary'] as const)(
    'when a message is sent (%s channel), then it is taken as it is',
    async (channel) => {
      await createClient({ channel }).messages.send(USER, text('你好 😀 <b>'));
      expect(fake.received).toMatchObject([
        { openid: 'oUser', msgtype: 'text', body: { text: { content: '你好 😀 <b>' } } },
      ]);
      expect(fake.received[0]?.token).toBe(`1_${channel}`);
      expect(fake.received[0]?.raw).not.toContain('\\u');
    },
  );

  test('when two processes share a store and 40 messages go at once, then one token is fetched', async () => {
    const store = new MemoryStateStore();
    const [one, two] = [createClient({ store }), createClient({ store })];
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? one : two).messages.send(USER, text(`${n}`))),
    );
    expect(fake.received).toHaveLength(40);
    expect(fake.fetches).toEqual({ stable: 1, forced: 0, ordinary: 0 });
  });

  test.each([
    [false, { stable: 2, forced: 0, ordinary: 0 }],
    [true, { stable: 2, forced: 1, ordinary: 0 }],
  ])(
    'when all tokens become invalid (repeated by WeChat: %s), then 20 messages cause one replacement',
    async (repeat, fetches) => {
      const api = createClient();
      await api.messages.send(USER, text('before'));
      fake.invalidateTokens({ repeat });
      await Promise.all(Array.from({ length: 20 }, (_, n) => api.messages.send(USER, text(`${n}`))));
      expect(fake.received).toHaveLength(21);
      expect(fake.fetches).toEqual(fetches);
    },
  );

  test('when the first access point is dead, then the message goes by the second, once', async () => {
    const urls = [`http://${await deadHost()}`, fake.url];
    await createClient({ urls }).messages.send(USER, text('hi'));
    expect(fake.received).toHaveLength(1);
  });

  test.each<[string, Fault, number]>([
    ['resets before taking it', { type: 'reset-before' }, 0],
    ['resets after taking it', { type: 'reset-after' }, 1],
    ['answers 502', { type: 'status', status: 502 }, 0],
    ['answers HTML', { type: 'body', body: '<html>' }, 0],
    ['takes it and says nothing', { type: 'hang', taken: true }, 1],
    ['says nothing', { type: 'hang' }, 0],
  ])('when the API %s, then the send is in doubt and not repeated', async (_name, fault, taken) => {
    const api = createClient({ urls: [fake.url, fake.url], timeoutMs: 300 });
    const token = await api.tokens.get();
    fake.failNext('send', fault);
    await expect(api.messages.send(USER, text('hi'), { token })).rejects.toMatchObject({ sent: true });
    expect(fake.received).toHaveLength(taken);
    expect(fake.requests).toHaveLength(2);
  });

  test('when the caller gives up in the middle, then the send is in doubt and ends at once', async () => {
    const api = createClient();
    const token = await api.tokens.get();
    fake.failNext('send', { type: 'hang' });
    const giving = new AbortController();
    const sending = api.messages.send(USER, text('hi'), { token, signal: giving.signal });
    const outcome = expect(sending).rejects.toMatchObject({ sent: true });
    while (fake.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    giving.abort();
    await outcome;
    await expect(api.messages.send(USER, text('hi'), { token, signal: giving.signal })).rejects.toMatchObject(
      {
        sent: false,
      },
    );
  });
});

describe('given the HTTP client', () => {
  const http = createHttpClient();
  const ask = (url: string, timeoutMs = 2_000) => http({ method: 'POST', url, body: '{}', timeoutMs });

  test.each(['http', 'https'])(
    'when nobody listens (%s), then it was not sent and the error names no address',
    async (scheme) => {
      const host = await deadHost();
      await expect(ask(`${scheme}://${host}/p?access_token=SECRET`)).rejects.toMatchObject({
        sent: false,
        message: `${host}: ECONNREFUSED`,
      });
    },
  );

  test('when the name does not exist or the address is none, then it was not sent', async () => {
    await expect(ask('http://nowhere.invalid/?secret=SECRET')).rejects.toMatchObject({ sent: false });
    await expect(ask('no address?secret=SECRET')).rejects.toMatchObject({
      sent: false,
      message: 'not an http address',
    });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['closes', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
    ['speaks no TLS', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['is silent', () => {}],
  ])('when the far end %s before TLS stands, then it was not sent', async (_name, onConnection) => {
    const { server, host } = await startRaw(onConnection);
    await expect(ask(`https://${host}/`, 300)).rejects.toMatchObject({ sent: false });
    await new Promise((resolve) => server.close(resolve));
  });

  test('when a kept connection breaks under the second request, then that one was sent', async () => {
    await ask(`${fake.url}/cgi-bin/x`);
    fake.failNext('other', { type: 'reset-before' });
    await expect(ask(`${fake.url}/cgi-bin/x`)).rejects.toMatchObject({
      sent: true,
      message: expect.stringContaining('ECONNRESET'),
    });
  });

  test('when the answer is cut off or over 8 MiB, then it is a failure', async () => {
    const { server, host } = await startRaw((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}');
    });
    await expect(ask(`http://${host}/`)).rejects.toMatchObject({ sent: true });
    await new Promise((resolve) => server.close(resolve));
    fake.failNext('other', { type: 'body', body: 'x'.repeat(8 * 1024 * 1024 + 1) });
    await expect(ask(`${fake.url}/cgi-bin/x`)).rejects.toMatchObject({
      sent: true,
      message: expect.stringContaining('8388608'),
    });
    fake.failNext('other', { type: 'body', body: 'x'.repeat(8 * 1024 * 1024) });
    expect((await ask(`${fake.url}/cgi-bin/x`)).text).toHaveLength(8 * 1024 * 1024);
  });

  test('when the answer redirects, then it is not followed', async () => {
    fake.failNext('other', { type: 'status', status: 302, body: '' });
    expect(await ask(`${fake.url}/cgi-bin/x`)).toMatchObject({ status: 302, text: '' });
  });
});
