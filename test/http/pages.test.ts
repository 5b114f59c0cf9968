import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createAdminServer } from '../../src/http/admin-server.js';
import { createKeyGuesses } from '../../src/http/key-guesses.js';
import { createLiveEvents } from '../../src/http/live-events.js';
import { createTokenRoutes } from '../../src/http/token-routes.js';
import { systemClock } from '../../src/ports/clock.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { noOperations } from '../support/app/no-operations.js';
import { eventually } from '../support/time/eventually.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { exchange, post, rawPush, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

describe('given the public listener', () => {
  test('when it is asked whether it lives, then it does', async () => {
    app = await createTestApp();
    const response = await request(app.http).get('/healthz');
    expect([response.status, response.body]).toEqual([200, { status: 'ok' }]);
  });

  test('when it is asked whether it is ready, then it says so', async () => {
    let degraded = false;
    let failing = false;
    app = await createTestApp({ storage: { degraded: () => degraded, failing: () => failing } });
    const ask = async () => {
      const { status, body } = await request(app.http).get('/readyz');
      return { status, body };
    };
    expect(await ask()).toEqual({ status: 200, body: { status: 'ready' } });
    degraded = true;
    expect(await ask()).toEqual({ status: 200, body: { status: 'degraded' } });
    failing = true;
    expect(await ask()).toEqual({ status: 503, body: { status: 'not-ready' } });
  });

  test('when it is stopping, then a push under way is answered, and who asks hears that it is not ready', async () => {
    let started = (): void => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const hang = () => (started(), new Promise<undefined>(() => undefined));
    app = await createTestApp({ handlers: { hang: { on: '*', handle: hang } } });
    const heard = exchange(app.port, [rawPush(wire(textXml()))]);
    await running;
    const stopping = app.app.stop();
    heard.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
    await app.clock.advance(3_500); // the job is written ahead: give the disk its time
    await app.jobsPut(1);
    await app.clock.advance(1_000);
    await stopping;
    expect(await heard.text).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\n\r\nsuccessHTTP\/1\.1 503 [^]*"not-ready"/);
  });

  test.each([
    ['/wechat', '/wechat'],
    ['/wechat', '/wechat/'],
    ['/wx/', '/wx'],
    ['/wx/', '/wx/'],
    ['/', '/'],
  ])('when the path is configured as %s, then a push to %s is answered', async (configured, path) => {
    app = await createTestApp({ settings: { CALLBACK_PATH: configured } });
    expect((await post(app.http, wire(textXml()), path)).status).toBe(200);
  });

  test('when a push comes to another path, then it is 404, and the log names the right one once', async () => {
    app = await createTestApp({ settings: { CALLBACK_PATH: '/wx/' } });
    const { query } = wire(textXml());
    for (const path of ['/wechat/', '/wx//', '/wx/more'])
      expect((await request(app.http).post(path).query(query)).status).toBe(404);
    expect((await request(app.http).get('/wechat').query({ signature: 'x' })).status).toBe(404);
    const told = app.lines.filter(({ fields }) => fields['reason'] === 'wrong_path');
    expect(told).toHaveLength(1);
    expect(told[0]?.fields).toMatchObject({ path: '/wechat/', callbacks: ['/wx'] });
    expect(told[0]?.message).toContain('/wx');
    await eventually(async () =>
      expect(await app.app.operations.troubles()).toEqual([
        expect.objectContaining({
          sort: 'refusal',
          what: 'wrong_path',
          detail: 'asked for /wechat/; the callback URL ends in /wx',
        }),
      ]),
    );
  });

  test.each(['/WeChat', '//wechat', '/wechat//', '/WECHAT/'])(
    'when an unsigned request comes to %s, a near miss, then the log names the right path',
    async (path) => {
      app = await createTestApp();
      expect((await request(app.http).get(path)).status).toBe(404);
      const told = app.lines.filter(({ fields }) => fields['reason'] === 'wrong_path');
      expect(told.map(({ message }) => message)).toEqual([
        'refused: a request asks for a path that is no callback; the callback URL ends in /wechat',
      ]);
    },
  );

  test.each(['/healthz', '/readyz', '/healthz/'])(
    'when %s is asked for by HEAD, then it answers',
    async (path) => {
      app = await createTestApp();
      const response = await request(app.http).head(path);
      expect([response.status, response.text]).toEqual([200, undefined]);
      expect((await request(app.http).post(path)).status).toBe(404);
    },
  );

  test.each(['/', '/nothing', '/wechat/more', '/wechatx', '/%ff', '/status', '/dead-letters', '//wechat'])(
    'when it is asked for %s, then there is nothing',
    async (path) => {
      app = await createTestApp();
      const response = await request(app.http).get(path);
      expect([response.status, response.text]).toEqual([404, 'not found\n']);
      expect(response.headers).not.toHaveProperty('x-powered-by');
    },
  );
});

describe('given the admin listener', () => {
  const admin = (key: string | undefined) => {
    const guesses = createKeyGuesses(systemClock, captureLog());
    return createAdminServer({
      key,
      letters: {
        list: () => Promise.resolve({ letters: [], more: false }),
        read: () => Promise.resolve(undefined),
        retry: () => Promise.resolve('unknown'),
        drop: () => Promise.resolve(false),
      },
      status: () => Promise.resolve({ status: 'ready' }),
      operations: noOperations,
      metricsKey: undefined,
      tokenRoutes: createTokenRoutes({
        accounts: () => [],
        key,
        guesses,
        clock: systemClock,
        log: captureLog(),
      }),
      guesses,
      live: createLiveEvents([], systemClock),
      clock: systemClock,
      log: captureLog(),
    });
  };

  test('when a key is set, then only its bearer is let in', async () => {
    app = await createTestApp();
    const server = admin('the admin key');
    const status = async (authorization?: string) => {
      const asking = request(server).get('/status');
      return (await (authorization === undefined ? asking : asking.set('Authorization', authorization)))
        .status;
    };
    expect(await status()).toBe(401);
    expect(await status('Bearer another key')).toBe(401);
    expect(await status('the admin key')).toBe(401);
    expect(await status('Bearer the admin key')).toBe(200);
  });

  test('when its health is asked for, then a probe needs no key', async () => {
    app = await createTestApp();
    expect((await request(admin('the admin key')).get('/healthz')).body).toEqual({ status: 'ok' });
  });

  test('when no key is set, then pages in a browser are kept out', async () => {
    app = await createTestApp();
    const server = admin(undefined);
    const { status, body } = await request(server).get('/status');
    expect([status, body]).toEqual([200, { status: 'ready' }]);
    expect((await request(server).get('/status').set('Host', 'evil.example')).status).toBe(401);
    expect((await request(server).get('/status').set('Origin', 'http://evil.example')).status).toBe(401);
  });

  test('when a page of another site asks, then it is refused, with a key as well; what is shown is not to be embedded', async () => {
    app = await createTestApp();
    const server = admin('the admin key');
    const asked = request(server).get('/status').set('Authorization', 'Bearer the admin key');
    expect((await asked.set('Sec-Fetch-Site', 'cross-site')).status).toBe(401);
    const own = await request(server)
      .get('/status')
      .set('Authorization', 'Bearer the admin key')
      .set('Sec-Fetch-Site', 'same-origin');
    expect(own.status).toBe(200);
    expect(own.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  test('when something is to be changed without a JSON body, then it is refused', async () => {
    app = await createTestApp();
    const server = admin(undefined);
    const form = request(server).post('/dead-letters/msg-1/retry').type('form').send('a=b');
    expect((await form).status).toBe(415);
    expect((await request(server).post('/dead-letters/msg-1/retry')).status).toBe(415);
    expect((await request(server).post('/dead-letters/msg-1/retry').send({})).status).toBe(404);
  });

  test('when its path is malformed, then that is the sender’s fault and not ours', async () => {
    app = await createTestApp();
    expect((await request(admin(undefined)).get('/dead-letters/%E0%A4%A')).status).toBe(400);
  });

  test('when keys are guessed, then after ten the address hears 429, also with the right one', async () => {
    app = await createTestApp();
    const server = admin('the admin key');
    const show = async (key: string) =>
      (await request(server).get('/status').set('Authorization', `Bearer ${key}`)).status;
    for (let guess = 0; guess < 10; guess += 1) expect(await show(`guess ${guess}`)).toBe(401);
    expect(await show('guess 10')).toBe(429);
    expect(await show('the admin key')).toBe(429);
  });
});
