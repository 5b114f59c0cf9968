import express from 'express';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createServer } from '../../src/index.js';
import { listen } from '../../src/http/listen.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

const WEB = {
  PUBLIC_URL: 'https://www.example.com',
  OAUTH_PATH: '/oauth',
  OAUTH_RETURN_HOSTS: 'www.example.com',
  OAUTH_SESSION_KEY: 'a session key of the tests, long enough',
  JS_SDK_PATH: '/js-sdk',
  JS_SDK_HOSTS: 'www.example.com',
};

describe('given the public listener', () => {
  let app: TestApp;
  afterEach(() => app.close());

  test('when nothing is configured for web pages, then nothing of it is there', async () => {
    app = await createTestApp();
    for (const path of [
      '/oauth/login',
      '/oauth/me',
      '/js-sdk',
      '/js-sdk?url=https%3A%2F%2Fwww.example.com',
    ]) {
      expect((await request(app.http).get(path)).status).toBe(404);
    }
    expect(() => app.app.oauth()).toThrow(RangeError);
    expect(() => app.app.pageSignatures()).toThrow(RangeError);
  });

  test('when it is configured, then logins begin there, and pushes, health and the rest are as before', async () => {
    app = await createTestApp({ settings: WEB });
    const login = await request(app.http).get('/oauth/login');
    expect([login.status, login.headers['location']]).toEqual([
      302,
      expect.stringMatching(/^https:\/\/open\.weixin\.qq\.com\/connect\/oauth2\/authorize\?appid=/),
    ]);
    expect(login.headers['x-powered-by']).toBeUndefined();
    const me = await request(app.http).get('/oauth/me');
    expect([me.status, me.body]).toEqual([
      401,
      { error: 'login_needed', login: 'https://www.example.com/oauth/login' },
    ]);
    expect((await request(app.http).get('/js-sdk?url=https%3A%2F%2Fevil.example%2F')).status).toBe(403);
    for (const path of ['/oauth', '/oauth/', '/oauth/x', '/oauth/callback/x', '/js-sdk/x', '/']) {
      expect((await request(app.http).get(path)).status).toBe(404);
    }
    expect((await request(app.http).get('/healthz')).status).toBe(200);
    expect((await post(app.http, wire(textXml()))).text).toBe('success');
  });
});

describe('given web pages in an Express application of others', () => {
  test('when they are mounted behind its parsers, then they work as on our own listener', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'web-pages-'));
    const wechat = await createServer(
      { ...UNREACHABLE_WECHAT, ...WEB, DATA_DIR: dir },
      { handlers: {}, logger: captureLog() },
    );
    await wechat.open();
    const theirs = express();
    theirs.use(express.json(), express.urlencoded({ extended: true }));
    theirs.use('/oauth', wechat.oauth().routes);
    theirs.use('/js-sdk', wechat.pageSignatures().routes);
    theirs.get('/who', (asked, response) => {
      response.json({ user: wechat.oauth().session(asked) ?? null });
    });
    theirs.use((_request, response) => void response.status(404).send('theirs'));
    const http: Server = createHttpServer(theirs);
    await listen(http, { host: '127.0.0.1', port: 0, portName: 'PORT' });
    try {
      expect((await request(http).get('/oauth/login?return=/x')).status).toBe(302);
      expect((await request(http).get('/oauth/login?return=//x')).status).toBe(400);
      expect((await request(http).get('/oauth/callback?code=a&state=b')).status).toBe(403);
      expect((await request(http).post('/oauth/logout').send({ a: 1 })).status).toBe(401);
      expect((await request(http).get('/js-sdk?url=x')).status).toBe(400);
      expect((await request(http).get('/who')).body).toEqual({ user: null });
      // Other paths go to the host application.
      expect((await request(http).get('/oauth/other')).text).toBe('theirs');
      expect((await request(http).post('/js-sdk')).text).toBe('theirs');
    } finally {
      await new Promise((resolve) => http.close(resolve));
      await wechat.stop();
      await rm(dir, { recursive: true });
    }
  });
});
