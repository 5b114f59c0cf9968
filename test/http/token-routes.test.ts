import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createHttpClient } from '../../src/adapters/http/http-client.js';
import { createApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config/config.js';
import { tokenAccountRoutes } from '../../src/http/token-account-routes.js';
import { tokenWechatRoutes } from '../../src/http/token-wechat-routes.js';
import { createKeyGuesses } from '../../src/http/key-guesses.js';
import { signPage } from '../../src/protocol/page-signature.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { captureLog, type LogLine } from '../support/app/handler-runtime.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import { noopQueue } from '../support/storage/noop-queue.js';

const APP_ID = 'wx0000000000000001';
const SECRET = 'test-secret';
const KEY = 'key-of-the-admin-listener';
const TICKET = 'TICKET-of-the-fake';
/** So that no log can hide one. */
const TAIL = `_${'T0ken'.repeat(100)}`;

const openapi: unknown = JSON.parse(readFileSync('docs/token-centre.openapi.json', 'utf8'));
const openapiSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) })),
  ),
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});
const { paths, components } = openapiSchema.parse(openapi);
const isA = (name: string, value: unknown): boolean =>
  z.fromJSONSchema(components.schemas[name] ?? false).safeParse(value).success;

let fake: FakeWechatApi;
let app: App;
let base: string;
let lines: LogLine[];
let clock: ManualClock;

async function startApp(
  settings: Readonly<Record<string, string>> = {},
): Promise<{ app: App; base: string }> {
  const config = readConfig({
    WECHAT_APP_ID: APP_ID,
    WECHAT_APP_SECRET: SECRET,
    WECHAT_TOKEN: 'token',
    WECHAT_API_BASE_URLS: fake.url,
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: '0',
    ADMIN_KEY: KEY,
    // No call of ours stands between those that are counted here.
    LATE_REPLY: 'passive-only',
    ...settings,
  });
  const started = await createApp(config, {
    log: captureLog(lines),
    clock,
    handlers: { handlers: [], observers: [] },
    httpClient: createHttpClient(),
    storage: {
      store: new MemoryStateStore(),
      queue: noopQueue,
      degraded: () => false,
      failing: () => false,
      close: () => Promise.resolve(),
    },
  });
  const { adminPort } = await started.start();
  return { app: started, base: `http://127.0.0.1:${adminPort}` };
}

beforeEach(async () => {
  lines = [];
  clock = new ManualClock();
  fake = await startFakeWechatApi({ now: () => clock.now(), tail: TAIL });
  fake.answer('/cgi-bin/ticket/getticket', { errcode: 0, errmsg: 'ok', ticket: TICKET, expires_in: 7200 });
  fake.answer('/cgi-bin/getcallbackip', { ip_list: ['203.0.113.1'] });
  ({ app, base } = await startApp());
});
afterEach(async () => {
  await app.stop();
  await fake.close();
  const all = JSON.stringify(lines, (_name, value: unknown) =>
    value instanceof Error ? `${value.message} ${value.stack}` : value,
  );
  expect(all).not.toMatch(/T0ken|TICKET|test-secret|secret-of|key-of-the|[0-9a-f]{40}/);
});

const tokenOf = (n: number, channel = 'stable') => `${n}_${channel}${TAIL}`;

async function ask(method: 'GET' | 'POST', path: string, body?: unknown, key: string | undefined = KEY) {
  const response = await fetch(`${base}${path}`, {
    method,
    ...(key !== '' && { headers: { authorization: `Bearer ${key}` } }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer, cache: response.headers.get('cache-control') };
}

describe('given the OpenAPI file', () => {
  test('when it is held against the routes, then it has each of them, and no other', () => {
    const routes = [
      ...tokenAccountRoutes(() => [], clock),
      ...tokenWechatRoutes(() => [], KEY, clock, createKeyGuesses(clock, captureLog())),
    ];
    const ours = routes.map(({ method, path }) => `${method} ${path}`);
    const theirs = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(theirs.sort()).toEqual(ours.sort());
  });
});

describe('given a program with the key', () => {
  test.each(['default', APP_ID])(
    'when it asks for the token of %s, then it gets it with what remains',
    async (account) => {
      expect(await ask('GET', `/accounts/${account}/token`)).toEqual({
        status: 200,
        answer: { access_token: tokenOf(1), expires_in: 7200 },
        cache: 'no-store',
      });
      await clock.advance(60_000);
      const { answer } = await ask('GET', `/accounts/${account}/token`);
      expect(answer).toEqual({ access_token: tokenOf(1), expires_in: 7140 });
      expect(isA('Token', answer)).toBe(true);
    },
  );

  test('when it reports a token that failed, then the next one comes back, and a late report changes nothing', async () => {
    await ask('GET', '/accounts/default/token');
    fake.invalidateTokens();
    const report = () =>
      ask('POST', '/accounts/default/token/reject', { access_token: tokenOf(1), errcode: 40001 });
    const reports = await Promise.all([report(), report(), report()]);
    for (const { answer } of [...reports, await report()])
      expect(answer).toMatchObject({ access_token: tokenOf(2) });
    expect(fake.fetches).toEqual({ stable: 2, forced: 0, ordinary: 0 });
  });

  test('when it refreshes by force, then a new one comes, and no second one within 30 s', async () => {
    await ask('GET', '/accounts/default/token');
    const refresh = (body?: object) => ask('POST', '/accounts/default/token/refresh', body);
    expect((await refresh()).answer).toMatchObject({ access_token: tokenOf(1) });
    expect((await refresh({ force: true })).answer).toMatchObject({ access_token: tokenOf(2) });
    const { status, answer } = await refresh({ force: true });
    expect([status, answer]).toEqual([429, expect.objectContaining({ error: 'force_budget_spent' })]);
    expect(isA('Refusal', answer)).toBe(true);
    const known = await ask('GET', '/accounts/default/token/status');
    expect(known.answer).toEqual({
      account: 'default',
      appId: APP_ID,
      channel: 'stable',
      expiresAtMs: clock.now() + 7_200_000,
      forcedLeft: 19,
    });
    expect(isA('Status', known.answer)).toBe(true);
  });

  test.each(['jsapi', 'wx_card'])(
    'when it asks for a %s ticket twice, then it is fetched once',
    async (type) => {
      const first = await ask('GET', `/accounts/default/tickets/${type}`);
      expect(first).toEqual({ status: 200, answer: { ticket: TICKET, expires_in: 7200 }, cache: 'no-store' });
      await ask('GET', `/accounts/default/tickets/${type}`);
      expect(isA('Ticket', first.answer)).toBe(true);
      expect(fake.requests.filter((request) => request.includes('getticket'))).toHaveLength(1);
    },
  );

  test('when it asks for a page signature, then it is right for the page without its hash', async () => {
    const { answer, cache } = await ask('POST', '/accounts/default/page-signature', {
      url: 'https://example.com?a=1&b=%2F#there',
    });
    expect(isA('PageSignature', answer)).toBe(true);
    const { nonceStr, timestamp, signature } = z
      .object({ nonceStr: z.string(), timestamp: z.number(), signature: z.string() })
      .parse(answer);
    const url = 'https://example.com?a=1&b=%2F';
    expect(signature).toBe(signPage({ ticket: TICKET, nonce: nonceStr, timestamp, url }));
    expect([timestamp, cache]).toEqual([clock.now() / 1_000, 'no-store']);
  });

  test.each([
    ['GET', '/accounts/nobody/token', undefined, 404, 'account_unknown'],
    ['GET', '/accounts/default/tickets/other', undefined, 404, 'ticket_unknown'],
    ['POST', '/accounts/default/token/reject', {}, 400, 'bad_request'],
    ['POST', '/accounts/default/token/reject', `{"access_token": "${SECRET}`, 400, 'bad_request'],
    ['POST', '/accounts/default/token/reject', 'x'.repeat(20_000), 400, 'bad_request'],
    ['POST', '/accounts/default/page-signature', { url: 'javascript:1' }, 400, 'bad_request'],
  ] as const)('when it asks %s %s wrongly, then it is told', async (method, path, body, status, error) => {
    const got = await ask(method, path, body);
    expect([got.status, got.answer]).toEqual([status, expect.objectContaining({ error })]);
    expect(isA('Refusal', got.answer)).toBe(true);
  });

  test.each([
    ['a gateway error', { type: 'status', status: 502 }],
    ['a page', { type: 'body', body: '<html>busy</html>' }],
    ['nothing', { type: 'body', body: '' }],
  ] as const)(
    'when WeChat answers the fetch with %s, then the program may ask again',
    async (_what, failure) => {
      fake.failNext('token', failure, 9);
      for (const path of ['token', 'tickets/jsapi']) {
        const { status, answer } = await ask('GET', `/accounts/default/${path}`);
        expect([status, answer]).toEqual([503, expect.objectContaining({ retryable: true })]);
        expect(isA('Refusal', answer)).toBe(true);
      }
    },
  );

  test('when WeChat refuses the fetch, then the sentence that helps comes with it', async () => {
    fake.failNext('token', {
      type: 'errcode',
      errcode: 40164,
      errmsg: 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist',
    });
    const { status, answer } = await ask('GET', '/accounts/default/token');
    expect([status, answer]).toEqual([
      502,
      expect.objectContaining({ errcode: 40164, advice: expect.stringContaining('add 203.0.113.7 to') }),
    ]);
  });

  test.each<[path: string, body: string, headers: Record<string, string>]>([
    ['/accounts/%ff/token/reject', '{}', {}],
    ['/accounts/default/token/reject', 'T0ken', {}],
    ['/accounts/default/token/reject', '"T0ken"', {}],
    ['/accounts/default/token/reject', `{"access_token":"${'T0ken'.repeat(4_000)}"}`, {}],
    ['/accounts/default/token/reject', 'T0ken', { 'content-encoding': 'gzip' }],
    ['/accounts/default/token/reject', 'T0ken', { 'content-encoding': 'T0ken' }],
  ])('when %s cannot be read, then that is its fault, said in one line', async (path, body, headers) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, ...headers },
      body,
    });
    expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store']);
    expect(await response.json()).toMatchObject({ error: 'bad_request' });
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([
      expect.objectContaining({ level: 'warn', message: 'token request refused' }),
    ]);
  });

  test('when it asks, then the log says who asked for what', async () => {
    await ask('GET', '/accounts/default/token');
    await ask('GET', '/accounts/nobody/token');
    const asked = lines.filter(({ message }) => message.startsWith('token request '));
    expect(asked).toEqual([
      expect.objectContaining({
        level: 'info',
        fields: expect.objectContaining({ account: 'default', what: 'token', from: '127.0.0.1' }),
      }),
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({ what: 'token', from: '127.0.0.1', refused: 'account_unknown' }),
      }),
    ]);
  });
});

test.each(['', 'wrong', `${KEY}x`])(
  'given a program with the key "%s", when it asks, then it is not let in',
  async (key) => {
    for (const path of ['token', 'token/status', 'tickets/jsapi'])
      expect(await ask('GET', `/accounts/default/${path}`, undefined, key)).toMatchObject({
        status: 401,
        cache: 'no-store',
      });
    expect(fake.requests).toEqual([]);
    expect(lines.filter(({ message }) => message === 'admin request refused')).toHaveLength(3);
  },
);

test('given two accounts, when a program asks by name or AppID, then it gets the right one, also as an SDK', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'accounts-'));
  const second = await startFakeWechatApi({
    appId: 'wx2',
    secret: 'secret-of-two',
    now: () => clock.now(),
    tail: TAIL,
  });
  const file = join(dir, 'accounts.json');
  const account = (appId: string, appSecret: string) => ({ appId, appSecret, token: 'token' });
  await writeFile(
    file,
    JSON.stringify({ one: account(APP_ID, SECRET), two: account('wx2', 'secret-of-two') }),
  );
  // One address for both: whom the secret does not fit is refused there.
  const several = await startApp({
    WECHAT_APP_ID: '',
    WECHAT_APP_SECRET: '',
    WECHAT_TOKEN: '',
    WECHAT_ACCOUNTS_FILE: file,
    WECHAT_API_BASE_URLS: second.url,
  });
  try {
    base = several.base;
    for (const name of ['two', 'wx2'])
      expect((await ask('GET', `/accounts/${name}/token`)).answer).toMatchObject({
        access_token: tokenOf(1),
      });
    expect(await ask('GET', '/accounts/one/token')).toMatchObject({
      status: 502,
      answer: { errcode: 40013 },
    });
    const sdk = (appid: string, secret: string) =>
      ask('POST', '/cgi-bin/stable_token', { grant_type: 'client_credential', appid, secret }, '');
    expect((await sdk('wx2', 'secret-of-two')).answer).toMatchObject({ access_token: tokenOf(1) });
    expect((await sdk('wx2', SECRET)).answer).toMatchObject({ errcode: 40125 });
  } finally {
    await several.app.stop();
    await second.close();
    await rm(dir, { recursive: true });
  }
});

describe("given somebody who guesses the secret in the SDK's calls", () => {
  const guess = (secret: string) => ({ grant_type: 'client_credential', appid: APP_ID, secret });
  const ordinary = (secret: string) =>
    ask('GET', `/cgi-bin/token?${new URLSearchParams(guess(secret)).toString()}`, undefined, '');
  const stable = (secret: string) => ask('POST', '/cgi-bin/stable_token', guess(secret), '');

  test('when ten were wrong, then no secret is looked at from there for a minute, and no key either', async () => {
    for (let n = 0; n < 5; n += 1) {
      expect((await ordinary(`guess ${n}`)).answer).toMatchObject({ errcode: 40125 });
      expect((await stable(`other guess ${n}`)).answer).toMatchObject({ errcode: 40125 });
    }
    expect((await ordinary(KEY)).answer).toMatchObject({ errcode: 45011 });
    expect((await stable(SECRET)).answer).toMatchObject({ errcode: 45011 });
    expect((await ask('GET', '/accounts/default/token')).status).toBe(429);
    expect(lines.filter(({ message }) => message.startsWith('key guesses blocked'))).toHaveLength(1);
    expect(fake.requests).toEqual([]);

    await clock.advance(60_000);
    expect((await ordinary(KEY)).answer).toMatchObject({ access_token: tokenOf(1) });
    expect((await ask('GET', '/accounts/default/token')).status).toBe(200);
  });

  test('when one stale secret comes again and again, then it is no guess', async () => {
    for (let n = 0; n < 20; n += 1) await ordinary('stale');
    expect((await ordinary(KEY)).answer).toMatchObject({ access_token: tokenOf(1) });
  });
});

describe('given an SDK whose base address was set to us', () => {
  const credentials = (more: object = {}) => ({
    grant_type: 'client_credential',
    appid: APP_ID,
    secret: SECRET,
    ...more,
  });
  const ordinary = (given: Record<string, string>) =>
    ask('GET', `/cgi-bin/token?${new URLSearchParams(given).toString()}`, undefined, '');
  const stable = (body: unknown) => ask('POST', '/cgi-bin/stable_token', body, '');

  test.each([SECRET, KEY])(
    'when it asks in either way with the secret %s, then it gets the shared token',
    async (secret) => {
      const answer = { access_token: tokenOf(1), expires_in: 7200 };
      const expected = { status: 200, answer, cache: 'no-store' };
      expect(await ordinary(credentials({ secret }))).toEqual(expected);
      expect(await stable(credentials({ secret }))).toEqual(expected);
      expect(fake.fetches).toEqual({ stable: 1, forced: 0, ordinary: 0 });
    },
  );

  test.each([
    [{ grant_type: 'client_credentials' }, 40002],
    [{ appid: '' }, 41002],
    [{ appid: APP_ID.toUpperCase() }, 40013],
    [{ secret: '' }, 41004],
    [{ secret: `${SECRET}x` }, 40125],
    [{ secret: SECRET.toUpperCase() }, 40125],
  ])('when its credentials are wrong by %j, then it hears %i as from WeChat', async (wrong, errcode) => {
    for (const { status, answer, cache } of [
      await ordinary(credentials(wrong)),
      await stable(credentials(wrong)),
    ]) {
      expect([status, answer, cache]).toEqual([200, { errcode, errmsg: expect.any(String) }, 'no-store']);
      expect(isA('WechatRefusal', answer)).toBe(true);
    }
    expect(fake.requests).toEqual([]);
  });

  test('when method or body are wrong, then it hears it as from WeChat', async () => {
    expect((await ask('GET', '/cgi-bin/stable_token', undefined, '')).answer).toMatchObject({
      errcode: 43002,
    });
    expect((await ask('POST', '/cgi-bin/token', {}, '')).answer).toMatchObject({ errcode: 43001 });
    expect((await stable(`{"secret":"${SECRET}`)).answer).toMatchObject({ errcode: 47001 });
    expect((await stable([SECRET])).answer).toMatchObject({ errcode: 40002 });
    expect((await ordinary({ ...credentials(), appid: 'a' })).answer).toMatchObject({ errcode: 40013 });
  });

  test('when it forces, then within the budget only, and otherwise it gets the present one', async () => {
    await stable(credentials());
    expect((await stable(credentials({ force_refresh: true }))).answer).toMatchObject({
      access_token: tokenOf(2),
    });
    expect((await stable(credentials({ force_refresh: true }))).answer).toMatchObject({
      access_token: tokenOf(2),
    });
    expect(fake.fetches.forced).toBe(1);
  });

  test('when its token failed and it can only ask again, then the token is tried out and replaced', async () => {
    await ordinary(credentials());
    fake.invalidateTokens();
    expect((await ordinary(credentials())).answer).toMatchObject({ access_token: tokenOf(2) });
    await ordinary(credentials()); // given, not suspected again within ten seconds
    expect(fake.requests.filter((request) => request.includes('getcallbackip'))).toHaveLength(2);
  });

  test('when it asks for a ticket with the token, then it gets it; with any other it does not', async () => {
    const ticket = (token: string, type = 'jsapi') =>
      ask('GET', `/cgi-bin/ticket/getticket?access_token=${token}&type=${type}`, undefined, '');
    expect((await ticket('guess')).answer).toMatchObject({ errcode: 40001 });
    expect(fake.requests).toEqual([]);
    await stable(credentials());
    const { answer } = await ticket(tokenOf(1));
    expect(answer).toEqual({ errcode: 0, errmsg: 'ok', ticket: TICKET, expires_in: 7200 });
    expect(isA('WechatTicket', answer)).toBe(true);
    expect((await ticket('guess')).answer).toMatchObject({ errcode: 40001 });
    expect((await ticket('')).answer).toMatchObject({ errcode: 41001 });
    expect((await ticket(tokenOf(1), 'other')).answer).toMatchObject({ errcode: 40097 });
  });

  test('when WeChat refuses the fetch, then it hears that refusal; when nobody answers, then that the system is busy', async () => {
    fake.failNext('token', { type: 'errcode', errcode: 40243, errmsg: 'appsecret frozen' });
    expect((await stable(credentials())).answer).toEqual({
      errcode: 40243,
      errmsg: expect.stringContaining('unfreeze'),
    });
    await clock.advance(600_000);
    fake.failNext('token', { type: 'status', status: 502 }, 5);
    const { answer } = await stable(credentials());
    expect(answer).toMatchObject({ errcode: -1, errmsg: expect.stringContaining('system error') });
    expect(isA('WechatRefusal', answer)).toBe(true);
  });
});

describe('given another instance that takes its tokens from here', () => {
  let other: App;
  let otherBase: string;
  async function startOther(key = KEY): Promise<void> {
    ({ app: other, base: otherBase } = await startApp({
      TOKEN_SERVER_URL: base,
      TOKEN_SERVER_KEY: key,
      WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
    }));
  }
  afterEach(() => other.stop());

  test('when it needs token and ticket, then they are those of here, and asked for once', async () => {
    await startOther();
    const { tokens, tickets } = other.credentials();
    expect([await tokens.get(), await tokens.get()]).toEqual([tokenOf(1), tokenOf(1)]);
    expect([await tickets.get('jsapi'), await tickets.get('wx_card')]).toEqual([TICKET, TICKET]);
    expect(lines.filter(({ fields }) => fields['what'] === 'token')).toHaveLength(1);
    expect(await tokens.status()).toEqual({ channel: 'server', expiresAtMs: clock.now() + 7_200_000 });
  });

  test('when one fails there, then it is reported here and replaced', async () => {
    await startOther();
    const { tokens } = other.credentials();
    const token = await tokens.get();
    fake.invalidateTokens();
    await tokens.reject(token, 40001);
    expect(await tokens.get()).toBe(tokenOf(2));
    expect(await app.credentials().tokens.get()).toBe(tokenOf(2));
    expect((await tokens.refresh('forced')).value).toBe(tokenOf(3));
  });

  test('when an SDK forces there beyond the budget, then it gets the present token, as here', async () => {
    await startOther();
    await other.credentials().tokens.refresh('forced');
    const response = await fetch(`${otherBase}/cgi-bin/stable_token`, {
      method: 'POST',
      body: JSON.stringify({
        grant_type: 'client_credential',
        appid: APP_ID,
        secret: KEY,
        force_refresh: true,
      }),
    });
    expect(await response.json()).toMatchObject({ access_token: tokenOf(1) });
    expect(await ask('POST', '/accounts/default/token/refresh', { force: true })).toMatchObject({
      status: 429,
    });
  });

  test('when this one goes away, then the held token serves to its end, and then the error names the setting', async () => {
    await startOther();
    const { tokens } = other.credentials();
    expect(await tokens.get()).toBe(tokenOf(1));
    await app.stop();
    await clock.advance(119 * 60_000);
    expect(await tokens.get()).toBe(tokenOf(1));
    await clock.advance(60_000);
    await expect(tokens.get()).rejects.toMatchObject({
      code: 'token_server_unreachable',
      retryable: true,
      message: expect.stringContaining('TOKEN_SERVER_URL'),
    });
  });

  test('when the key is wrong or WeChat says no, then the error says so', async () => {
    await startOther('another');
    await expect(other.credentials().tokens.get()).rejects.toMatchObject({
      code: 'token_server_refused',
      retryable: false,
      message: expect.stringContaining('TOKEN_SERVER_KEY'),
    });
    await other.stop();
    await startOther();
    fake.failNext('token', { type: 'errcode', errcode: 40243, errmsg: 'appsecret frozen' });
    await expect(other.credentials().tokens.get()).rejects.toMatchObject({
      code: 'token_server_refused',
      message: expect.stringContaining('unfreeze'),
    });
    expect(otherBase).not.toBe(base);
  });
});
