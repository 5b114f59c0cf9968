import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { OAuthSettings } from '../../src/http/oauth-settings.js';
import { attackFile } from '../support/attacks/attack-case.js';
import { ManualClock, settle } from '../support/time/manual-clock.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import {
  Browser,
  EXCHANGE,
  GRANT,
  SECRET,
  SESSION_KEY,
  SITE,
  startWebProcess,
  stateOf,
  stubSns,
  type StubSns,
  type WebProcess,
} from '../support/wechat/oauth-login.js';

let sns: StubSns;
let shared: { clock: ManualClock; store: MemoryStateStore };
let processes: WebProcess[];
let browser: Browser;

beforeEach(() => {
  sns = stubSns();
  sns.answer(EXCHANGE, GRANT);
  shared = { clock: new ManualClock(), store: new MemoryStateStore() };
  processes = [];
  browser = new Browser();
});
afterEach(() => {
  const said = JSON.stringify(processes.flatMap(({ lines }) => lines));
  for (const { http } of processes) http.close();
  for (const secret of [SECRET, SESSION_KEY, 'CODE', ...browser.cookies.values()]) {
    expect(said).not.toContain(secret);
  }
});

async function start(settings: Partial<OAuthSettings> = {}, appId?: string): Promise<WebProcess> {
  const process = await startWebProcess(sns, shared, settings, appId);
  processes.push(process);
  return process;
}

/** Goes to WeChat and comes back as far as the address that WeChat would send the user to. */
async function login(at: WebProcess, query = '', code = 'CODE'): Promise<string> {
  const { location } = await browser.get(`${at.base}/login${query}`);
  return `${at.base}/callback?code=${code}&state=${stateOf(location)}`;
}

const exchanges = () => sns.asked.filter(({ path }) => path === EXCHANGE);

describe('given a login', () => {
  test('when it begins, then the user is sent to WeChat with the parameters in order and a cookie', async () => {
    const at = await start();
    const { status, location, setCookies, headers } = await browser.get(`${at.base}/login`);

    expect(status).toBe(302);
    const callback = encodeURIComponent(`${SITE}/oauth/callback`);
    expect(location).toMatch(
      new RegExp(
        String.raw`^https://open\.weixin\.qq\.com/connect/oauth2/authorize\?appid=wxTests&redirect_uri=${callback}` +
          String.raw`&response_type=code&scope=snsapi_base&state=[A-Za-z0-9]{1,128}#wechat_redirect$`,
      ),
    );
    expect(setCookies).toEqual([
      expect.stringMatching(
        /^__Host-wechat-login-[0-9a-f]{16}=[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('when the user comes back, then there is a session, and the browser is where it wanted to be', async () => {
    const at = await start();
    const back = await browser.get(await login(at, `?return=${encodeURIComponent('/cart?a=1#pay')}`));

    expect([back.status, back.location]).toEqual([302, `${SITE}/cart?a=1#pay`]);
    expect(back.setCookies).toEqual([
      expect.stringMatching(/^__Host-wechat=[\w-]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect(back.headers.get('referrer-policy')).toBe('no-referrer');
    expect(exchanges()).toEqual([
      {
        path: EXCHANGE,
        query: { appid: 'wxTests', secret: SECRET, code: 'CODE', grant_type: 'authorization_code' },
      },
    ]);
    const me = await browser.get(`${at.base}/me`);
    expect(JSON.parse(me.text)).toEqual({
      openId: GRANT.openid,
      scope: 'snsapi_base',
      isSnapshotUser: false,
      endsAt: new Date(shared.clock.now() + 86_400_000).toISOString(),
    });
    const cookie = `__Host-wechat=${browser.cookies.get('__Host-wechat')}`;
    expect(at.web.session({ headers: { cookie } })?.openId).toBe(GRANT.openid);
    // Neither the user's tokens nor the secret ever reach the browser.
    const seen = JSON.stringify([back, me, [...browser.cookies]]);
    for (const secret of [GRANT.access_token, GRANT.refresh_token, SECRET])
      expect(seen).not.toContain(secret);
  });

  test('when the site has no https, then the cookies go without what only https has', async () => {
    const at = await start({ url: 'http://127.0.0.1:8080/oauth', returnTo: ['http://127.0.0.1:8080'] });
    const { setCookies } = await browser.get(await login(at));
    expect(setCookies).toEqual([expect.stringMatching(/^wechat=[\w-]+; .*; SameSite=Lax$/)]);
  });

  test('when the client asks twice with one code, then it is exchanged once and both get a session', async () => {
    const at = await start();
    const url = await login(at);
    let release: (answer: object) => void = () => undefined;
    sns.answer(EXCHANGE, () => new Promise<object>((resolve) => (release = resolve)));
    const visits = [browser.get(url), browser.get(url)];
    await waitFor(() => exchanges().length === 1);
    release(GRANT);
    await hurry(visits);

    const [first, second] = await Promise.all(visits);
    expect([first?.location, second?.location]).toEqual([`${SITE}/#`, `${SITE}/#`]);
    expect([first?.setCookies.length, second?.setCookies.length]).toEqual([1, 1]);
    expect((await browser.get(url)).setCookies).toHaveLength(1);
    expect(exchanges()).toHaveLength(1);
  });

  test('when the two land on two processes, then it is exchanged once all the same', async () => {
    const [one, other] = [await start(), await start()];
    const url = await login(one);
    let release: (answer: object) => void = () => undefined;
    sns.answer(EXCHANGE, () => new Promise<object>((resolve) => (release = resolve)));
    const first = browser.get(url);
    await waitFor(() => exchanges().length === 1);
    const second = browser.get(url.replace(one.base, other.base));
    release(GRANT);
    await hurry([first, second]);

    expect((await second).setCookies).toHaveLength(1);
    expect((await first).location).toBe((await second).location);
    expect(exchanges()).toHaveLength(1);
  });

  test('when whoever exchanges the code dies on the way, then the second request begins anew', async () => {
    const [one, other] = [await start(), await start()];
    const url = await login(one);
    sns.answer(EXCHANGE, () => new Promise<object>(() => undefined));
    browser.get(url).catch(() => undefined);
    await waitFor(() => exchanges().length === 1);
    const second = browser.get(url.replace(one.base, other.base));
    await hurry([second]);
    expect((await second).location).toContain('/connect/oauth2/authorize?');
    expect(exchanges()).toHaveLength(1);
    one.http.closeAllConnections();
  });

  test('when the user refuses, then there is no session, and the page is told', async () => {
    const at = await start();
    for (const refusal of ['', 'code=&', 'code=authdeny&']) {
      const { location } = await browser.get(`${at.base}/login?return=/a%3Fb=1%23c`);
      const back = await browser.get(`${at.base}/callback?${refusal}state=${stateOf(location)}`);
      expect(back.location).toBe(`${SITE}/a?b=1&wechat_login=refused#c`);
      expect(back.setCookies).toEqual([]);
    }
    expect(exchanges()).toEqual([]);
  });

  test('when the user is a stand-in of the snapshot mode, then it gets a session only where that is allowed', async () => {
    sns.answer(EXCHANGE, { ...GRANT, is_snapshotuser: 1 });
    const strict = await start();
    const refused = await browser.get(await login(strict));
    expect([refused.location, refused.setCookies]).toEqual([`${SITE}/?wechat_login=snapshot#`, []]);

    const lax = await start({ allowSnapshotUsers: true });
    await browser.get(await login(lax));
    expect(JSON.parse((await browser.get(`${lax.base}/me`)).text)).toMatchObject({ isSnapshotUser: true });
  });
});

describe('given a callback with a forged or outdated state', () => {
  const refused = async (url: string, who = browser) => {
    const { status, text, setCookies } = await who.get(url);
    expect(text).toContain(`<a href="${SITE}/oauth/login`);
    expect(text).toContain('重新登录 <span lang="en">Sign in again</span>');
    expect(setCookies).toEqual([]);
    expect(exchanges()).toEqual([]);
    return [status, /<p>(.*?)<\/p>/.exec(text)?.[1]];
  };

  test('when its state was not made here, then it is refused', async () => {
    const at = await start();
    const forged = [403, '这个登录链接不是由本站生成的。'];
    const url = await login(at);
    const last = url.at(-1) === '0' ? '1' : '0';
    expect(await refused(url.slice(0, -1) + last)).toEqual(forged);
    for (const state of ['', 'abc', '0'.repeat(104), 'ß'.repeat(104)]) {
      expect(await refused(`${at.base}/callback?code=CODE&state=${encodeURIComponent(state)}`)).toEqual(
        forged,
      );
    }
    expect(await refused(`${at.base}/callback?code=CODE`)).toEqual(forged);
    expect(await refused(`${url}&state=${url.split('state=')[1]}`)).toEqual(forged);
  });

  test('when it comes from another browser, then it is refused', async () => {
    const at = await start();
    const url = await login(at);
    const stranger = new Browser();
    const elsewhere = [403, '这次登录不是在这个浏览器中开始的，请重新登录。'];
    expect(await refused(url, stranger)).toEqual(elsewhere);
    await stranger.get(`${at.base}/login`);
    expect(await refused(url, stranger)).toEqual(elsewhere);
    // Not even with a cookie of its own under the right name.
    const [name = ''] = browser.cookies.keys();
    stranger.cookies.set(name, [...stranger.cookies.values()][0] ?? '');
    expect(await refused(url, stranger)).toEqual(elsewhere);
  });

  test('when it is older than ten minutes, then it is refused', async () => {
    const at = await start();
    const url = await login(at);
    await shared.clock.advance(600_000);
    expect(await refused(url)).toEqual([403, '这次登录已超时，请重新登录。']);
  });

  test("when its state is another account's, then it is refused", async () => {
    const at = await start();
    const url = await login(at);
    const other = await start({}, 'wxOther');
    expect((await refused(url.replace(at.base, other.base)))[0]).toBe(403);
  });

  test('when its state was used with another code, then it is refused, and the session of the first stands', async () => {
    const at = await start();
    const url = await login(at);
    await browser.get(url);
    const replay = await browser.get(url.replace('code=CODE', 'code=OTHER'));
    expect([replay.status, replay.setCookies]).toEqual([403, []]);
    expect(exchanges()).toHaveLength(1);
    expect((await browser.get(`${at.base}/me`)).status).toBe(200);
  });

  test('when it is asked for by another method, then nothing is spent', async () => {
    const at = await start();
    const url = await login(at);
    expect((await browser.get(url, 'HEAD')).status).toBe(404);
    expect(exchanges()).toEqual([]);
  });
});

describe('given a code that WeChat does not accept', () => {
  const codes = [40029, 40163, 42003, 41008];

  test.each(codes)('when it says %i, then the login begins again, once', async (errcode) => {
    sns.answer(EXCHANGE, { errcode, errmsg: 'no, rid: 6583f22d-35b1b023-4a6d02b6' });
    const at = await start();
    const again = await browser.get(await login(at, '?return=/cart', 'CODE1'));
    expect(again.location).toContain('/connect/oauth2/authorize?');

    const url = `${at.base}/callback?code=CODE2&state=${stateOf(again.location)}`;
    const over = await browser.get(url);
    expect([over.status, over.location]).toEqual([502, '']);
    expect(over.text).toContain(
      `href="${SITE}/oauth/login?return=${encodeURIComponent(`${SITE}/cart`)}&#38;scope=`,
    );
  });

  test.each(codes)('when it says %i and then yes, then there is a session', async (errcode) => {
    sns.answer(EXCHANGE, { errcode, errmsg: 'no' }, GRANT);
    const at = await start();
    const again = await browser.get(await login(at, '?return=/cart', 'CODE1'));
    const back = await browser.get(`${at.base}/callback?code=CODE2&state=${stateOf(again.location)}`);
    expect([back.location, back.setCookies.length]).toEqual([`${SITE}/cart#`, 1]);
  });

  test.each([40013, 40125, 40001, 48001])(
    'when it says %i, then the operator is told, and nothing begins again',
    async (errcode) => {
      sns.answer(EXCHANGE, { errcode, errmsg: 'no' });
      const at = await start();
      const { status, location } = await browser.get(await login(at));
      expect([status, location]).toEqual([500, '']);
      expect(at.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    },
  );

  test.each([-1, 45009, 45011])('when it says %i, then the user is asked to wait', async (errcode) => {
    sns.answer(EXCHANGE, { errcode, errmsg: 'busy' });
    const at = await start();
    expect((await browser.get(await login(at))).status).toBe(503);
  });
});

describe('given a store that is out of reach', () => {
  test('when the user comes back, then no code is exchanged, and the same address works later', async () => {
    const at = await start();
    const url = await login(at);
    shared.store.unavailable = true;
    expect((await browser.get(url)).status).toBe(503);
    expect(exchanges()).toEqual([]);
    shared.store.unavailable = false;
    expect((await browser.get(url)).setCookies).toHaveLength(1);
  });
});

describe('given a return address', () => {
  const hostile: readonly string[] = JSON.parse(attackFile('return-addresses'));

  test.each(hostile)('when it is %j, then nobody is sent anywhere', async (address) => {
    const at = await start();
    const { status, location, setCookies } = await browser.get(
      `${at.base}/login?return=${encodeURIComponent(address)}`,
    );
    expect([status, location, setCookies]).toEqual([400, '', []]);
  });

  test('when it is longer than a cookie can carry, then nobody is sent anywhere', async () => {
    const at = await start();
    for (const path of ['a'.repeat(1_500), '搜'.repeat(250)])
      expect((await browser.get(`${at.base}/login?return=/${encodeURIComponent(path)}`)).status).toBe(400);
  });

  test('when it is as long as it may be, then its cookie is one that browsers keep', async () => {
    const at = await start();
    const address = `/${'搜'.repeat(150)}`;
    const { setCookies } = await browser.get(`${at.base}/login?return=${encodeURIComponent(address)}`);
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]?.length).toBeLessThan(2_500);
  });

  test.each([
    ['/', `${SITE}/`],
    ['/a%20b', `${SITE}/a%20b`],
    ['https://www.example.com', `${SITE}/`],
    ['HTTPS://WWW.example.com/X', `${SITE}/X`],
    ['https://shop.example.com/app', 'https://shop.example.com/app'],
    [
      'https://shop.example.com/app/1?q=//evil.com#/route',
      'https://shop.example.com/app/1?q=//evil.com#/route',
    ],
  ])('when it is %j, then the user comes to %s', async (address, expected) => {
    const at = await start();
    const { location } = await browser.get(await login(at, `?return=${encodeURIComponent(address)}`));
    // An address without a fragment gets an empty one, so that it does not inherit `#wechat_redirect`.
    expect(location).toBe(expected.includes('#') ? expected : `${expected}#`);
  });
});

describe('given a session', () => {
  const USERINFO = '/sns/userinfo';
  const REFRESH = '/sns/oauth2/refresh_token';
  const granted = { ...GRANT, scope: 'snsapi_userinfo', unionid: 'oUnion' };
  const profile = {
    openid: GRANT.openid,
    nickname: '小红',
    sex: '1',
    headimgurl: 'https://x/132',
    privilege: [],
  };

  async function signedIn(): Promise<WebProcess> {
    sns.answer(EXCHANGE, granted);
    sns.answer(USERINFO, profile);
    const at = await start();
    await browser.get(await login(at, '?scope=snsapi_userinfo'));
    return at;
  }

  test('when the profile is asked for, then it comes without tokens', async () => {
    const at = await signedIn();
    const { status, text } = await browser.get(`${at.base}/profile`);
    expect([status, JSON.parse(text)]).toEqual([
      200,
      {
        openId: GRANT.openid,
        nickname: '小红',
        sex: 1,
        province: '',
        city: '',
        country: '',
        headImageUrl: 'https://x/132',
        privileges: [],
      },
    ]);
    expect(sns.asked.at(-1)?.query).toMatchObject({ access_token: GRANT.access_token, openid: GRANT.openid });
    expect(JSON.parse((await browser.get(`${at.base}/me`)).text)).toMatchObject({ unionId: 'oUnion' });
    // The store holds it sealed.
    const kept = JSON.stringify(Object.values(shared.store), (_key, value: unknown) =>
      value instanceof Map ? [...value] : value,
    );
    expect(kept).toContain(':web-token:');
    for (const secret of [GRANT.access_token, GRANT.refresh_token, GRANT.openid]) {
      expect(kept).not.toContain(secret);
    }
  });

  test.each([40001, 40014, 42001])(
    "when the user's token is refused with %i, then it is renewed once, and kept",
    async (errcode) => {
      const at = await signedIn();
      sns.answer(USERINFO, { errcode, errmsg: 'no' }, profile);
      sns.answer(REFRESH, { ...granted, access_token: 'NEXT', refresh_token: 'NEXT-REFRESH' });
      expect((await browser.get(`${at.base}/profile`)).status).toBe(200);
      expect((await browser.get(`${at.base}/profile`)).status).toBe(200);
      const tokens = sns.asked
        .filter(({ path }) => path === USERINFO)
        .map(({ query }) => query['access_token']);
      expect(tokens).toEqual([GRANT.access_token, 'NEXT', 'NEXT']);
      expect(sns.asked.filter(({ path }) => path === REFRESH)).toEqual([
        {
          path: REFRESH,
          query: { appid: 'wxTests', grant_type: 'refresh_token', refresh_token: GRANT.refresh_token },
        },
      ]);
    },
  );

  test('when the renewed token is refused too, then the user has to log in, and nothing goes round', async () => {
    const at = await signedIn();
    sns.answer(USERINFO, { errcode: 40001, errmsg: 'no' });
    sns.answer(REFRESH, granted);
    expect((await browser.get(`${at.base}/profile`)).status).toBe(401);
    expect(sns.asked.filter(({ path }) => path === USERINFO)).toHaveLength(2);
    expect(sns.asked.filter(({ path }) => path === REFRESH)).toHaveLength(1);
  });

  test.each([
    [USERINFO, 42007, 401],
    [USERINFO, 40003, 401],
    [USERINFO, 48001, 403],
    [USERINFO, -1, 503],
    [REFRESH, 40030, 401],
    [REFRESH, 42002, 401],
    [REFRESH, 42007, 401],
    [REFRESH, 40013, 500],
  ])('when %s says %i, then the page hears %i', async (path, errcode, status) => {
    const at = await signedIn();
    sns.answer(USERINFO, { errcode: 42001, errmsg: 'no' });
    sns.answer(path, { errcode, errmsg: 'no' });
    expect((await browser.get(`${at.base}/profile`)).status).toBe(status);
  });

  test('when the user granted the OpenID alone, then a profile needs consent', async () => {
    const at = await start();
    await browser.get(await login(at));
    const { status, text } = await browser.get(`${at.base}/profile`);
    expect([status, JSON.parse(text)]).toEqual([
      403,
      { error: 'consent_needed', login: `${SITE}/oauth/login?scope=snsapi_userinfo` },
    ]);
  });

  test('when it is renewed, then it lasts longer', async () => {
    const at = await signedIn();
    sns.answer(REFRESH, granted);
    await shared.clock.advance(86_000_000);
    const { status, setCookies } = await browser.get(`${at.base}/refresh`, 'POST');
    expect([status, setCookies.length]).toEqual([200, 1]);
    await shared.clock.advance(86_000_000);
    expect((await browser.get(`${at.base}/me`)).status).toBe(200);
  });

  test('when it is over, tampered with or absent, then nobody is known', async () => {
    const at = await signedIn();
    const name = '__Host-wechat';
    const sealed = browser.cookies.get(name) ?? '';
    const middle = Math.floor(sealed.length / 2);
    const other = sealed[middle] === 'A' ? 'B' : 'A';
    for (const value of ['', 'x', sealed.slice(0, middle) + other + sealed.slice(middle + 1)]) {
      browser.cookies.set(name, value);
      expect((await browser.get(`${at.base}/me`)).status).toBe(401);
    }
    browser.cookies.set(name, sealed);
    expect((await browser.get(`${at.base}/me`)).status).toBe(200);
    const elsewhere = await start({}, 'wxOther');
    expect((await browser.get(`${elsewhere.base}/me`)).status).toBe(401);
    await shared.clock.advance(86_400_000);
    expect((await browser.get(`${at.base}/me`)).status).toBe(401);
  });

  test('when the user logs out, then even the old callback address brings nothing back', async () => {
    const at = await start();
    const url = await login(at);
    await browser.get(url);
    expect((await browser.get(`${at.base}/logout`, 'POST')).status).toBe(204);
    expect((await browser.get(`${at.base}/me`)).status).toBe(401);
    expect((await browser.get(url)).setCookies).toEqual([]);
  });
});

describe('given a browser with many logins under way', () => {
  test('when one more begins, then the oldest cookies go', async () => {
    const at = await start();
    for (let n = 0; n < 6; n += 1) {
      await browser.get(`${at.base}/login`);
      await shared.clock.advance(1_000);
    }
    expect(browser.cookies.size).toBe(3);
  });
});

/** Waits for something that happens over a real socket. */
async function waitFor(isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 100_000; round += 1) {
    if (isSo()) return;
    await settle();
  }
  throw new Error('it did not happen');
}

/** Moves time on until all have settled. */
async function hurry(promises: readonly Promise<unknown>[]): Promise<void> {
  let isDone = false;
  Promise.allSettled(promises).then(
    () => (isDone = true),
    () => undefined,
  );
  await waitFor(() => {
    shared.clock.advance(100).catch(() => undefined);
    return isDone;
  });
}
