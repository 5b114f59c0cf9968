import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createServer, type CallbackServer } from '../../src/index.js';
import { SANDBOX_ACCOUNT as ACCOUNT } from '../../src/sandbox/default-account.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { launchBrowser } from '../support/processes/browser.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { portOf } from '../support/processes/port-of.js';

let dir: string;
let sandbox: Sandbox;
let wechat: CallbackServer;
let http: Server;
let serve: RequestListener;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** One site of two hosts, and a third host of it that nobody named. */
let www: string;
let shop: string;
let blog: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'web-authorization-hosts-'));
  sandbox = createSandbox({ port: 0 });
  http = createHttpServer((request, response) => serve(request, response)).listen(0, '127.0.0.1');
  [browser] = await Promise.all([
    launchBrowser(['--host-resolver-rules=MAP *.example.test 127.0.0.1']),
    sandbox.start(),
    once(http, 'listening'),
  ]);
  const port = portOf(http);
  [www, shop, blog] = [
    `http://www.example.test:${port}`,
    `http://shop.example.test:${port}`,
    `http://blog.example.test:${port}`,
  ];
  wechat = await createServer(
    {
      WECHAT_APP_ID: ACCOUNT.appId,
      WECHAT_APP_SECRET: ACCOUNT.appSecret,
      WECHAT_TOKEN: ACCOUNT.token,
      WECHAT_API_BASE_URLS: `${sandbox.url()}/api.weixin.qq.com`,
      DATA_DIR: dir,
      PUBLIC_URL: www,
      OAUTH_PATH: '/oauth',
      OAUTH_RETURN_HOSTS: `${www},${shop}/app`,
      OAUTH_SESSION_KEY: 'the key of the sessions of these tests',
      OAUTH_AUTHORIZE_URL: `${sandbox.url()}/connect/oauth2/authorize`,
    },
    { handlers: {}, logger: captureLog() },
  );
  await wechat.open();
  const { routes } = wechat.oauth();
  serve = (request, response) => {
    const { host = '', url = '' } = { host: request.headers.host, url: request.url };
    if (!host.startsWith('www.') || !url.startsWith('/oauth/')) {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>a page</title>');
      return;
    }
    request.url = url.slice('/oauth'.length);
    routes(request, response);
  };
}, 180_000);
afterAll(async () => {
  await browser.close();
  http.close();
  http.closeAllConnections();
  await wechat.stop();
  await sandbox.stop();
  await rm(dir, { recursive: true });
});

beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(40_000);
  page = await context.newPage();
});
afterEach(() => context.close());

/** Fetches a route of the first host from a script of the page, as the page's author would. */
const ask = (route: string, method = 'GET'): Promise<unknown> =>
  page.evaluate(
    `fetch(${JSON.stringify(`${www}/oauth/${route}`)}, { method: '${method}', credentials: 'include' })
      .then(async (response) => [response.status, await response.text().then((text) => text && JSON.parse(text))],
            (error) => error.name)`,
  );

describe('given pages on two hosts of one site', () => {
  test('when the second host asks who its user is, then it is told, and may renew and end the session', async () => {
    await page.goto(`${shop}/app/cart`);
    expect(await ask('me')).toEqual([401, { error: 'login_needed', login: `${www}/oauth/login` }]);
    await page.goto(`${www}/oauth/login?return=${encodeURIComponent(`${shop}/app/cart`)}`);
    expect(page.url()).toBe(`${shop}/app/cart#`);
    const [follower] = sandbox.state.followers.list();
    expect(await ask('me')).toEqual([200, expect.objectContaining({ openId: follower?.openId })]);
    expect(await ask('profile')).toEqual([403, expect.objectContaining({ error: 'consent_needed' })]);
    expect(await ask('refresh', 'POST')).toEqual([401, expect.objectContaining({ error: 'login_needed' })]);
    expect(await ask('logout', 'POST')).toEqual([204, '']);
    expect(await ask('me')).toEqual([401, expect.anything()]);
  });

  test('when its request needs a preflight, then that is answered', async () => {
    await page.goto(`${shop}/app`);
    const status = await page.evaluate(
      `fetch('${www}/oauth/me', { credentials: 'include', headers: { 'content-type': 'application/json' } })
        .then(({ status }) => status)`,
    );
    expect(status).toBe(401);
  });

  test('when a host that is not named asks, then its script hears nothing and ends no session', async () => {
    await page.goto(`${www}/oauth/login`);
    await page.goto(blog);
    expect(await ask('me')).toBe('TypeError');
    expect(await ask('logout', 'POST')).toBe('TypeError');
    await page.goto(www);
    expect(await ask('me')).toEqual([200, expect.anything()]);
  });
});

describe('given a forged or outdated state', () => {
  test.each([
    ['altered', 'a'.repeat(104), 'was not made by this site'],
    ['cut off', 'x', 'was not made by this site'],
  ])('when it is %s, then the page leads to a new login in Chinese and English', async (_, state, why) => {
    await page.goto(`${www}/oauth/callback?code=c&state=${state}`);
    expect(await page.textContent('body')).toContain(why);
    expect(await page.textContent('a')).toBe('重新登录 Sign in again');
    await page.click('a');
    await page.waitForURL(`${www}/#`);
    expect(await ask('me')).toEqual([200, expect.anything()]);
  });
});
