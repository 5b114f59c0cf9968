import { connect } from 'node:net';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { createApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config/config.js';
import type { ServerEvent } from '../../src/ports/events.js';
import { captureLog, type LogLine } from '../support/app/handler-runtime.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import { eventually } from '../support/time/eventually.js';
import { noopQueue } from '../support/storage/noop-queue.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { startGatewayUpstream, tokenOf, type GatewayUpstream } from '../support/wechat/gateway-upstream.js';

const KEY = 'key-of-the-admin-listener';
const SECRET = 'test-secret';
const SEND = '/cgi-bin/message/custom/send';
const INFO = '/cgi-bin/user/info';
const MESSAGE = JSON.stringify({ touser: 'oUser', msgtype: 'text', text: { content: 'T0ken-text 你好' } });

let wechat: GatewayUpstream;
let app: App;
let base: string;
let lines: LogLine[];
let clock: ManualClock;
let events: ServerEvent[];
let store: MemoryStateStore;

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  const config = readConfig({
    WECHAT_APP_ID: 'wx0000000000000001',
    WECHAT_APP_SECRET: SECRET,
    WECHAT_TOKEN: 'token',
    WECHAT_API_BASE_URLS: wechat.url,
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: '0',
    ADMIN_KEY: KEY,
    LATE_REPLY: 'passive-only',
    API_GATEWAY: '1',
    ...settings,
  });
  store = new MemoryStateStore();
  app = await createApp(config, {
    log: captureLog(lines),
    clock,
    handlers: { handlers: [], observers: [] },
    httpClient: createHttpClient(),
    storage: {
      store,
      queue: noopQueue,
      degraded: () => false,
      failing: () => false,
      close: () => Promise.resolve(),
    },
  });
  app.onEvent((event) => events.push(event));
  const { adminPort } = await app.start();
  base = `http://127.0.0.1:${adminPort}`;
}

beforeEach(async () => {
  [lines, events] = [[], []];
  clock = new ManualClock();
  wechat = await startGatewayUpstream();
  await start();
});
afterEach(async () => {
  await app.stop();
  await wechat.close();
  const all = JSON.stringify([lines, events], (_name, value: unknown) =>
    value instanceof Error ? `${value.message} ${value.stack}` : value,
  );
  expect(all).not.toMatch(/T0ken|test-secret|key-of-the|user-token/);
});

const BEARER = { authorization: `Bearer ${KEY}` };

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(base + path, init);
  const raw = await response.text();
  const answer: unknown = raw.startsWith('{') ? JSON.parse(raw) : raw;
  return { status: response.status, headers: response.headers, answer };
}
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
/** As an SDK gets its token: the key stands for the AppSecret. */
async function sdkToken(): Promise<string> {
  const { answer } = await post(
    '/cgi-bin/stable_token',
    JSON.stringify({ grant_type: 'client_credential', appid: 'wx0000000000000001', secret: KEY }),
  );
  return String(Reflect.get(Object(answer), 'access_token'));
}
const calledApis = () => events.filter(({ type }) => type === 'api.called');

/** Sends a request as it stands, and resolves with all that comes back. */
async function sendRaw(head: readonly string[], body = ''): Promise<string> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  return text(socket);
}

describe('given a program with the key', () => {
  test('when it calls without a token, then WeChat gets the call with a good one, and nothing else of the program', async () => {
    const { status, answer } = await post(`${SEND}?a=b+c&d=%E4%BD%A0&e`, MESSAGE, {
      ...BEARER,
      cookie: 'session=T0ken',
      'x-forwarded-for': '1.2.3.4',
      'x-anything': 'x',
    });
    expect([status, answer]).toEqual([200, { errcode: 0, errmsg: 'ok' }]);
    expect(wechat.passed).toMatchObject([
      { method: 'POST', url: `${SEND}?a=b+c&d=%E4%BD%A0&e&access_token=${tokenOf(1)}`, body: MESSAGE },
    ]);
    expect(Object.keys(wechat.passed[0]?.headers ?? {}).sort()).toEqual([
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
  });

  test('when a message went out, then it counts against what may be sent to its user, and in the metrics', async () => {
    const sender = 'wx0000000000000001:oUser';
    const nowMs = clock.now();
    const granted = { trigger: 'message', messages: 5, fromMs: nowMs, untilMs: nowMs + 60_000 };
    await store.sendQuota({ sender, nowMs, granted });
    await post(SEND, MESSAGE, BEARER);
    expect(await store.sendQuota({ sender, nowMs: clock.now() })).toMatchObject({ left: 4 });
    expect(calledApis()).toMatchObject([{ api: SEND, result: 'ok', account: 'default' }]);
  });

  test('when WeChat says no, then the program hears it to the letter, and the metrics its class', async () => {
    const said = '{"errcode":45015,"errmsg":"response out of time limit rid: 5f3e3696-11e78743-10655b48"}';
    wechat.on(SEND, (_request, response) => response.end(said));
    const { status, answer } = await post(SEND, MESSAGE, BEARER);
    expect([status, answer]).toEqual([200, JSON.parse(said)]);
    expect(calledApis()).toMatchObject([{ result: 'window-closed', errcode: 45015, user: 'oUser' }]);
  });

  test('when its key is wrong, then it gets 401 in the shape of WeChat; after ten of them none is looked at', async () => {
    for (let n = 0; n < 10; n += 1)
      expect(await post(SEND, MESSAGE, { authorization: `Bearer guess-${n}` })).toMatchObject({
        status: 401,
        answer: { errcode: 40001 },
      });
    expect((await post(SEND, MESSAGE, BEARER)).status).toBe(429);
    expect(wechat.passed).toEqual([]);
  });

  test('when it asks for the token, then that stays with the token centre', async () => {
    const { answer } = await call('/accounts/default/token', { headers: BEARER });
    expect(answer).toMatchObject({ access_token: tokenOf(1) });
    expect(await sdkToken()).toBe(tokenOf(1));
    expect(wechat.passed).toEqual([]);
  });
});

describe('given a program that has only a token of the token centre', () => {
  test('when it calls with it, then it may, with the present token in its place', async () => {
    const token = await sdkToken();
    await call(`${INFO}?access_token=${token}&openid=o&lang=zh_CN`);
    expect(wechat.passed).toMatchObject([
      { method: 'GET', url: `${INFO}?openid=o&lang=zh_CN&access_token=${tokenOf(1)}` },
    ]);
  });

  test('when the token is one of before, then it still may', async () => {
    const token = await sdkToken();
    wechat.invalidate();
    await call('/accounts/default/token/refresh', { method: 'POST', body: '{}', headers: BEARER });
    expect((await call(`${INFO}?access_token=${token}`)).answer).toMatchObject({ errcode: 0 });
    expect(wechat.passed.at(-1)?.url).toContain(tokenOf(2));
  });

  test('when the store that knows of it cannot be asked, then the program may repeat the call, and keeps its token', async () => {
    store.unavailable = true;
    const { status, answer } = await call(`${INFO}?access_token=50_OF-ANOTHER-PROCESS`);
    expect([status, answer]).toEqual([503, expect.objectContaining({ errcode: -1 })]);
    expect(wechat.passed).toEqual([]);
  });

  test.each([
    ['none', '', 41001],
    ['one of somebody else', 'access_token=50_STRANGER', 40001],
    ['two, one of them good', 'access_token=50_STRANGER&access_token=GOOD', 40001],
    ['a good one and the same again', 'access_token=GOOD&access_token=GOOD', 40001],
    ['an empty one', 'access_token=', 41001],
  ])('when it shows %s, then WeChat is not called', async (_what, query, errcode) => {
    const token = await sdkToken();
    const { status, answer } = await call(`${INFO}?${query.replaceAll('GOOD', token)}`);
    expect([status, answer]).toEqual([200, expect.objectContaining({ errcode })]);
    expect(wechat.passed).toEqual([]);
  });

  test('when it hides a second one behind other letters, then that is taken out, too', async () => {
    const token = await sdkToken();
    await call(`${INFO}?access_token=${token}&%61ccess_token=&ACCESS_TOKEN=&a=1`);
    expect(wechat.passed.map(({ url }) => url)).toEqual([`${INFO}?a=1&access_token=${tokenOf(1)}`]);
  });
});

describe('given a token that WeChat ends', () => {
  test('when twenty programs call at once, then all get their answer, and one token is fetched', async () => {
    await post(SEND, MESSAGE, BEARER);
    await clock.advance(11_000);
    wechat.invalidate();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(SEND, MESSAGE, BEARER)));
    expect(answers.map(({ answer }) => answer)).toEqual(answers.map(() => ({ errcode: 0, errmsg: 'ok' })));
    // The stable channel is asked in normal mode; it has a new one.
    expect(wechat.fetches.count).toBe(2);
  });

  test('when the one that came in its place ends at once, then the program waits until another may be fetched', async () => {
    await post(SEND, MESSAGE, BEARER);
    await clock.advance(11_000);
    wechat.invalidate();
    await post(SEND, MESSAGE, BEARER);
    wechat.invalidate();
    const refused = wechat.passed.length + 1;
    const waiting = post(SEND, MESSAGE, BEARER);
    await eventually(() => expect(wechat.passed).toHaveLength(refused));
    // The gateway's pause begins once it has looked at the answer.
    let isOver = false;
    void waiting.then(() => (isOver = true));
    await eventually(async () => {
      await clock.advance(1_000);
      if (!isOver) throw new Error('it waits');
    });
    expect((await waiting).answer).toMatchObject({ errcode: 0 });
    expect(wechat.fetches.count).toBe(3);
  });

  test('when a large upload hears of it, then the program is told so, and its repetition succeeds', async () => {
    await post(SEND, MESSAGE, BEARER);
    await clock.advance(11_000);
    wechat.invalidate();
    const upload = () => post('/cgi-bin/media/upload?type=image', 'x'.repeat(300_000), BEARER);
    expect((await upload()).answer).toMatchObject({ errcode: 40001 });
    expect((await upload()).answer).toMatchObject({ errcode: 0 });
  });
});

describe('given access points that fail', () => {
  test('when one cannot be connected, then the next one is called', async () => {
    await app.stop();
    await start({ WECHAT_API_BASE_URLS: `http://127.0.0.1:9,${wechat.url}` });
    expect((await post(SEND, MESSAGE, BEARER)).answer).toMatchObject({ errcode: 0 });
    const large = await post('/cgi-bin/media/upload?type=image', 'x'.repeat(300_000), BEARER);
    expect([large.answer, wechat.passed.at(-1)?.body.length]).toEqual([
      { errcode: 0, errmsg: 'ok' },
      300_000,
    ]);
  });

  test.each([
    ['a page', '<html>502</html>', 200],
    ['nothing', '', 200],
    ['a gateway error', 'busy', 502],
    ['half an answer', '{"errcode":0,"errm', 200],
    ['an object that is not of WeChat', '{"error":"unauthorized"}', 200],
    ['an object without errcode', '{}', 200],
  ])(
    'when %s comes in place of an answer to a message, then it may have been sent, and is not sent again',
    async (_what, body, status) => {
      await app.stop();
      await start({ WECHAT_API_BASE_URLS: `${wechat.url},${wechat.url}/second` });
      wechat.on(SEND, (_request, response) => response.writeHead(status).end(body));
      const { status: heard, answer } = await post(SEND, MESSAGE, BEARER);
      expect([heard, answer]).toEqual([
        502,
        { errcode: -502, errmsg: expect.stringContaining('may have been done') },
      ]);
      expect(wechat.passed).toHaveLength(1);
    },
  );

  test('when nobody can be reached, then the program may repeat the call', async () => {
    await sdkToken();
    await app.stop();
    await start({ WECHAT_API_BASE_URLS: 'http://127.0.0.1:9', TOKEN_SERVER_URL: '' });
    expect(await post(SEND, MESSAGE, BEARER)).toMatchObject({ status: 503, answer: { errcode: -1 } });
  });
});

describe('given a call of which there are few a month', () => {
  test('when the store that counts them cannot be asked, then the program may repeat it', async () => {
    await app.stop();
    await start({ API_GATEWAY_ALLOW: '*,/cgi-bin/clear_quota' });
    store.unavailable = true;
    const clear = await post('/cgi-bin/clear_quota', '{"appid":"wx0000000000000001"}', BEARER);
    expect(clear).toMatchObject({ status: 503, answer: { errcode: -1 } });
    expect(wechat.passed).toEqual([]);
  });
});

describe('given the list of what is passed on', () => {
  test.each([
    '/cgi-bin/clear_quota',
    '/cgi-bin/clear_quota/v2',
    '/cgi-bin/menu/delete',
    '/cgi-bin/Menu/Delete',
    '/cgi-bin/message/mass/sendall',
  ])('when %s is called, then it is refused, whoever calls', async (path) => {
    const { status, answer } = await post(path, '{}', BEARER);
    expect([status, answer]).toEqual([
      200,
      { errcode: 48001, errmsg: expect.stringContaining('API_GATEWAY_ALLOW') },
    ]);
    expect(wechat.passed).toEqual([]);
  });

  test('when a path is named, then it is passed on, and what no pattern names is not', async () => {
    await app.stop();
    await start({ API_GATEWAY_ALLOW: '/cgi-bin/message/*, /cgi-bin/menu/delete' });
    expect((await post(SEND, MESSAGE, BEARER)).answer).toMatchObject({ errcode: 0 });
    expect((await call('/cgi-bin/menu/delete', { headers: BEARER })).answer).toMatchObject({ errcode: 0 });
    expect((await call(INFO, { headers: BEARER })).answer).toMatchObject({ errcode: 48001 });
    expect((await post('/cgi-bin/message/mass/send', '{}', BEARER)).answer).toMatchObject({ errcode: 48001 });
  });

  test('when the gateway is off, then there is none', async () => {
    await app.stop();
    await start({ API_GATEWAY: '0' });
    expect((await post(SEND, MESSAGE, BEARER)).status).toBe(404);
    expect(wechat.passed).toEqual([]);
  });
});

describe('given somebody who attacks', () => {
  test.each([
    '//evil.example/cgi-bin/user/info',
    '/cgi-bin/../status',
    '/cgi-bin/%2e%2e/status',
    '/cgi-bin/user%2finfo',
    '/cgi-bin/user/info%00',
    '/cgi-bin/user/info;x',
    '/cgi-bin//user/info',
    '/cgi-bin/user/info/',
    '/cgi-bin/./token',
    '/cgi-bin//token',
    '/cgi-bin\\user',
    '/cgi-bin/@evil.example/x',
    '/cgi-bin/.evil',
    '/CGI-BIN/user/info',
    'http://evil.example/cgi-bin/user/info',
    '/accounts/default/api//evil.example/cgi-bin/x',
    '/accounts/default/api/status',
    '/accounts/default/api/cgi-bin/../../status',
    '/accounts/default/api/accounts/default/token',
  ])(
    'when the target is %s, then WeChat hears nothing of it, and neither does anybody of the token',
    async (target) => {
      const token = await sdkToken();
      const separator = target.includes('?') ? '&' : '?';
      const heard = await sendRaw([
        `GET ${target}${separator}access_token=${token} HTTP/1.1`,
        'Host: x',
        'Connection: close',
      ]);
      expect(wechat.passed).toEqual([]);
      expect(heard).not.toMatch(/T0ken|"deadLetters"|"accounts"/);
    },
  );

  test.each([
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 'hello'],
    [
      'a length and chunks',
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      '0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    ],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], 'hello'],
    ['a coding that is written oddly', ['Transfer-Encoding : chunked'], '0\r\n\r\n'],
  ])('when a request is smuggled by %s, then WeChat gets no request', async (_how, headers, body) => {
    const heard = await sendRaw(
      [`POST ${SEND} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${KEY}`, ...headers],
      body,
    );
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(wechat.passed).toEqual([]);
  });

  test('when a refused request has a body, then none of it is taken for a request', async () => {
    const inner = `GET /accounts/default/token HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n\r\n`;
    const heard = await sendRaw(
      [`POST ${SEND} HTTP/1.1`, 'Host: x', `Content-Length: ${inner.length}`],
      inner,
    );
    expect(heard.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test('when a line break is hidden in query or type, then it stays what it was', async () => {
    await post(`${SEND}?a=%0d%0aX-Evil:%201`, MESSAGE, BEARER);
    expect(wechat.passed[0]?.url).toContain('a=%0d%0aX-Evil:%201&access_token=');
    expect(wechat.passed[0]?.headers['x-evil']).toBeUndefined();
  });

  test('when a file is a page with a script, then a browser would run none of it, and no cookie comes along', async () => {
    wechat.on('/cgi-bin/media/get', (_request, response) =>
      response
        .writeHead(200, {
          'content-type': 'image/svg+xml',
          'content-disposition': 'attachment; filename="a.svg"',
          'set-cookie': 'operator=T0ken',
          'access-control-allow-origin': '*',
        })
        .end('<svg onload="alert(1)"/>'),
    );
    const { headers, answer } = await call('/cgi-bin/media/get?media_id=m', { headers: BEARER });
    expect(answer).toBe('<svg onload="alert(1)"/>');
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect([headers.get('set-cookie'), headers.get('access-control-allow-origin')]).toEqual([null, null]);
  });

  test.each([
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a method of its own', { method: 'DELETE' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
    ['a body beyond any file', { 'content-length': String(33 * 1_024 * 1_024) }],
  ])(
    'when it comes as %s, then WeChat is not called',
    async (_what, how: Readonly<Record<string, string>>) => {
      const { method = 'POST', ...headers } = how;
      const request = httpRequest(base + SEND, { method, headers: { ...BEARER, ...headers } });
      request.on('error', () => {});
      request.end(headers['content-length'] === undefined ? 'x' : undefined);
      const [response] = await once(request, 'response');
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
      response.destroy();
      expect(wechat.passed).toEqual([]);
    },
  );

  test('when WeChat echoes token and secret in a refusal of the fetch, then no program and no log hears them', async () => {
    await app.stop();
    wechat.on('/cgi-bin/user/info', (request, response) =>
      response.end(JSON.stringify({ errcode: 40097, errmsg: `bad ${request.url}` })),
    );
    await start();
    const { answer } = await call(INFO, { headers: BEARER });
    // The program hears WeChat to the letter: it could have had the token anyway.
    expect(answer).toMatchObject({ errcode: 40097 });
    expect(calledApis()).toMatchObject([{ errcode: 40097, errmsg: expect.not.stringContaining('T0ken') }]);
  });
});

describe('given web authorization', () => {
  const CODE = '/sns/oauth2/access_token?appid=wx0000000000000001&code=CODE&grant_type=authorization_code';

  test('when a program brings the key as its secret, then WeChat gets the AppSecret', async () => {
    wechat.on('/sns/oauth2/access_token', (_request, response) =>
      response.end('{"access_token":"user-token"}'),
    );
    expect((await call(`${CODE}&secret=${KEY}`)).answer).toEqual({ access_token: 'user-token' });
    expect(new URL(wechat.passed[0]?.url ?? '', base).searchParams.get('secret')).toBe(SECRET);
    expect(wechat.passed[0]?.url).not.toContain('50_TOKEN');
  });

  test('when its secret is wrong, then it is refused and counted', async () => {
    for (let n = 0; n < 10; n += 1)
      expect((await call(`${CODE}&secret=guess-${n}`)).answer).toMatchObject({ errcode: 40125 });
    expect((await call(`${CODE}&secret=${KEY}`)).answer).toMatchObject({ errcode: 45011 });
    expect(wechat.passed).toEqual([]);
  });

  test('when a user’s token is used, then it stays what it is, and takes the key', async () => {
    const path = '/sns/userinfo?access_token=user-token&openid=o&lang=zh_CN';
    expect((await call(path)).status).toBe(401);
    expect(wechat.passed).toEqual([]);
    await call(path, { headers: BEARER });
    expect(wechat.passed.map(({ url }) => url)).toEqual([path]);
  });
});

describe('given large bodies', () => {
  test('when a file is uploaded, then WeChat gets its beginning before the program has sent its end', async () => {
    let onBegin = (): void => {};
    const begun = new Promise<void>((resolve) => (onBegin = resolve));
    let size = 0;
    wechat.on('/cgi-bin/media/upload', (request, response) => {
      request.on('data', (piece: Buffer) => {
        size += piece.length;
        onBegin();
      });
      request.on('end', () => response.end('{"type":"image","media_id":"M","created_at":1}'));
    });
    const request = httpRequest(`${base}/cgi-bin/media/upload?type=image`, {
      method: 'POST',
      headers: { ...BEARER, 'content-type': 'multipart/form-data; boundary=b' },
    });
    request.write(Buffer.alloc(600_000));
    await begun;
    request.end(Buffer.alloc(400_000));
    const [response] = await once(request, 'response');
    expect(await text(response)).toContain('"media_id":"M"');
    expect(size).toBe(1_000_000);
  });

  test('when a file is fetched, then the program gets its beginning before WeChat has sent its end', async () => {
    let finish = (): void => {};
    wechat.on('/cgi-bin/media/get', (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': 1_000_000 });
      response.write(Buffer.alloc(600_000, 1));
      finish = () => response.end(Buffer.alloc(400_000, 2));
    });
    const response = await fetch(`${base}/cgi-bin/media/get?media_id=m`, { headers: BEARER });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(first?.value?.length).toBeGreaterThan(0);
    finish();
    let size = first?.value?.length ?? 0;
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
      size += next.value?.length ?? 0;
    expect([size, response.headers.get('content-length')]).toEqual([1_000_000, '1000000']);
  });

  test('when WeChat breaks off in the middle of a file, then the program notices', async () => {
    wechat.on('/cgi-bin/media/get', (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': 1_000_000 });
      response.write(Buffer.alloc(600_000, 1), () => response.destroy());
    });
    const response = await fetch(`${base}/cgi-bin/media/get?media_id=m`, { headers: BEARER });
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  test('when the program is gone, then the call to WeChat ends, too', async () => {
    let onGone = (): void => {};
    const gone = new Promise<void>((resolve) => (onGone = resolve));
    let onCalled = (): void => {};
    const called = new Promise<void>((resolve) => (onCalled = resolve));
    wechat.on(INFO, (request) => {
      request.socket.on('close', onGone);
      onCalled();
    });
    const stop = new AbortController();
    const left = call(INFO, { headers: BEARER, signal: stop.signal }).catch(() => 'left');
    await called;
    stop.abort();
    await gone;
    expect(await left).toBe('left');
  });
});
