import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createSite } from '../../examples/web-pages/app.js';
import { createServer, type CallbackServer } from '../../src/index.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { SANDBOX_ACCOUNT as ACCOUNT } from '../../src/sandbox/default-account.js';
import { launchBrowser } from '../support/processes/browser.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { portOf } from '../support/processes/port-of.js';

const KEY = 'the key of the sessions of these tests';
const EXCHANGE = '/sns/oauth2/access_token';

let dir: string;
let sandbox: Sandbox;
let wechat: CallbackServer;
let site: Server;
let siteUrl: string;
let serve: RequestListener;
/** Handles the next callback, in place of the site. */
let onCallback: ((url: string) => string | undefined) | undefined;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const log = captureLog();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'web-authorization-'));
  sandbox = createSandbox({ port: 0 });
  site = createHttpServer((request, response) => serve(request, response)).listen(0, '127.0.0.1');
  [browser] = await Promise.all([launchBrowser(), sandbox.start(), once(site, 'listening')]);
  siteUrl = `http://127.0.0.1:${portOf(site)}`;
  // For the browser WeChat is another site, as it is in life.
  const wechatUrl = sandbox.url().replace('127.0.0.1', 'localhost');
  wechat = await createServer(
    {
      WECHAT_APP_ID: ACCOUNT.appId,
      WECHAT_APP_SECRET: ACCOUNT.appSecret,
      LATE_REPLY: 'passive-only', // nothing asks for a token by itself
      WECHAT_TOKEN: ACCOUNT.token,
      WECHAT_API_BASE_URLS: `${sandbox.url()}/api.weixin.qq.com`,
      DATA_DIR: dir,
      PUBLIC_URL: siteUrl,
      OAUTH_PATH: '/oauth',
      OAUTH_RETURN_HOSTS: siteUrl,
      OAUTH_SESSION_KEY: KEY,
      OAUTH_AUTHORIZE_URL: `${wechatUrl}/connect/oauth2/authorize`,
      JS_SDK_PATH: '/js-sdk',
      JS_SDK_HOSTS: new URL(siteUrl).host,
    },
    { handlers: {}, logger: log },
  );
  await wechat.open();
  const pages = createSite(wechat, { jweixin: `${wechatUrl}/connect/jweixin.js` });
  serve = (request, response) => {
    if (onCallback === undefined || request.url?.startsWith('/oauth/callback?') !== true) {
      pages(request, response);
      return;
    }
    const next = onCallback(siteUrl + request.url);
    onCallback = undefined;
    if (next === undefined) response.end('held back');
    else response.writeHead(302, { location: next }).end();
  };
}, 180_000);
afterAll(async () => {
  await browser.close();
  site.close();
  site.closeAllConnections();
  await wechat.stop();
  await sandbox.stop();
  await rm(dir, { recursive: true });
});

beforeEach(async () => {
  sandbox.state.calls.clear();
  context = await browser.newContext();
  context.setDefaultTimeout(40_000);
  page = await context.newPage();
});
afterEach(async () => {
  const cookies = (await context.cookies()).map(({ value }) => value);
  await context.close();
  const said = JSON.stringify(log.lines);
  for (const secret of [KEY, ACCOUNT.appSecret, ...cookies]) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/web_[\w-]{40}|refresh_[\w-]{40}|"code":"0[\w-]{31}"/);
});

const exchanges = () => sandbox.state.calls.list().filter(({ path }) => path === EXCHANGE);
const openId = () => page.locator('#openid').textContent();

/** The address with a code with which WeChat sends the user back; the site does not hear of it. */
async function heldBack(): Promise<string> {
  let caught = '';
  onCallback = (url) => void (caught = url);
  await page.goto(`${siteUrl}/oauth/login`);
  expect(await page.textContent('body')).toBe('held back');
  return caught;
}

describe('given a page that wants to know its user', () => {
  test('when the user consents, then the page knows the OpenID and the nickname, and the script knows nothing', async () => {
    await page.goto(siteUrl);
    await page.getByText('signed out').waitFor();
    await page.getByText('sign in with nickname').click();
    await page.getByText('小红').click();

    await page.locator('#nickname', { hasText: '小红' }).waitFor();
    const follower = sandbox.state.followers.list().find(({ nickname }) => nickname === '小红');
    expect(await openId()).toBe(follower?.openId);
    expect(page.url()).toBe(`${siteUrl}/#`);
    expect(exchanges()).toHaveLength(1);
    expect(await page.evaluate('document.cookie')).toBe('');
    // No token of the app was asked for, and none of the user's is in the browser.
    const paths = sandbox.state.calls.list().map(({ path }) => path);
    expect(paths.filter((path) => path.includes('cgi-bin'))).toEqual([]);
    const cookies = JSON.stringify(await context.cookies());
    for (const secret of ['web_', 'refresh_', follower?.openId ?? '']) expect(cookies).not.toContain(secret);

    await page.getByText('sign out').click();
    await page.getByText('signed out').waitFor();
  });

  test('when the login is silent, then nobody is asked, and the page has the OpenID alone', async () => {
    await page.goto(`${siteUrl}/hello`);
    const [first] = sandbox.state.followers.list();
    expect(await page.textContent('body')).toContain(first?.openId);
    // Not `#wechat_redirect`, which routers in the page would take for an address of theirs.
    expect(page.url()).toBe(`${siteUrl}/hello#`);
  });

  test('when the user refuses, then the page is told, and nobody is signed in', async () => {
    await page.goto(siteUrl);
    await page.getByText('sign in with nickname').click();
    await page.getByText('refuse').click();

    await page.getByText('refused').waitFor();
    expect(await openId()).toContain('signed out');
    expect(exchanges()).toEqual([]);
  });

  test('when the client asks for the callback twice, then one code is exchanged and the user is signed in', async () => {
    const url = await heldBack();
    const second = await context.newPage();
    await Promise.all([page.goto(url), second.goto(url)]);
    expect([page.url(), second.url()]).toEqual([`${siteUrl}/#`, `${siteUrl}/#`]);
    expect(exchanges()).toHaveLength(1);
    await page.reload();
    expect(await openId()).toBe(sandbox.state.followers.list()[0]?.openId);
  });
});

describe('given somebody who wants to get in', () => {
  test('when the code was used by somebody else before, then the login begins again and ends well', async () => {
    const url = new URL(await heldBack());
    const query = {
      appid: ACCOUNT.appId,
      secret: ACCOUNT.appSecret,
      code: url.searchParams.get('code') ?? '',
      grant_type: 'authorization_code',
    };
    await fetch(`${sandbox.url()}${EXCHANGE}?${new URLSearchParams(query).toString()}`);

    await page.goto(url.href);
    expect(page.url()).toBe(`${siteUrl}/#`);
    expect(exchanges().map(({ errcode }) => errcode)).toEqual([0, 40163, 0]);
  });

  test('when a code is replayed in another browser, then it opens nothing there', async () => {
    const url = await heldBack();
    const thief = await browser.newContext();
    const theirs = await thief.newPage();
    const answer = await theirs.goto(url);
    expect(answer?.status()).toBe(403);
    expect((await thief.cookies()).map(({ name }) => name)).toEqual([]);

    // Not even with a login of the thief's own: what WeChat says of a used code holds for everybody.
    await page.goto(url);
    onCallback = (theirUrl) =>
      theirUrl.replace(/code=[^&]*/, `code=${new URL(url).searchParams.get('code') ?? ''}`);
    await theirs.goto(`${siteUrl}/oauth/login`);
    await thief.close();
    expect(exchanges().filter(({ errcode }) => errcode === 40163)).toHaveLength(1);
  });

  test('when the state is forged, then the page refuses, and no code is exchanged', async () => {
    const url = new URL(await heldBack());
    const state = url.searchParams.get('state') ?? '';
    for (const forged of [state.replace(/^./, 'f'), 'a'.repeat(104), 'x', '']) {
      url.searchParams.set('state', forged);
      const answer = await page.goto(url.href);
      expect(answer?.status()).toBe(403);
      expect(await page.textContent('body')).toContain('This sign-in link was not made by this site.');
    }
    expect(exchanges()).toEqual([]);
  });

  test('when the return address is foreign, then the browser goes nowhere', async () => {
    for (const address of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example',
      `${siteUrl}@evil.example/`,
    ]) {
      const answer = await page.goto(`${siteUrl}/oauth/login?return=${encodeURIComponent(address)}`);
      expect(answer?.status()).toBe(400);
      expect(new URL(page.url()).host).toBe(new URL(siteUrl).host);
    }
    expect(exchanges()).toEqual([]);
  });
});

describe('given a page that uses the JS-SDK', () => {
  test.each(['/share', '/share?a=%2F&b=1+2#/route?x=1'])(
    "when it is at %s, then WeChat's side finds its signature right",
    async (path) => {
      await page.goto(siteUrl + path);
      await page.locator('#verdict', { hasText: 'config:ok' }).waitFor();
      const shown: unknown = JSON.parse((await page.textContent('#config')) ?? '');
      expect(shown).toEqual({
        appId: ACCOUNT.appId,
        timestamp: expect.any(Number),
        nonceStr: expect.stringMatching(/^[0-9a-f]{32}$/),
        signature: expect.stringMatching(/^[0-9a-f]{40}$/),
      });
    },
  );

  test('when it signs another address than its own, then the signature is wrong', async () => {
    await page.route('**/js-sdk?url=**', (route) =>
      route.continue({ url: `${siteUrl}/js-sdk?url=${encodeURIComponent(`${siteUrl}/other`)}` }),
    );
    await page.goto(`${siteUrl}/share`);
    await page.locator('#verdict', { hasText: 'config:invalid signature' }).waitFor();
  });
});
