import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createOperatorSessions } from '../../src/http/operator-sessions.js';
import { listen } from '../../src/http/listen.js';
import { openEventStream } from '../support/app/event-stream.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';

const KEY = 'the-key-of-the-operator';
const EIGHT_HOURS_MS = 8 * 3_600_000;

let app: TestApp;
let url: string;
beforeEach(async () => {
  app = await createTestApp({ settings: { ADMIN_KEY: KEY } });
  url = `http://127.0.0.1:${await listen(app.app.admin, { host: '127.0.0.1', port: 0, portName: 'ADMIN_PORT' })}`;
});
afterEach(async () => {
  await app.close();
  expect(JSON.stringify(app.lines)).not.toContain(KEY);
});

async function signIn(key: string = KEY, headers: Record<string, string> = {}) {
  const { body, headers: got, status } = await request(url).post('/session').set(headers).send({ key });
  const [line = ''] = [got['set-cookie'] ?? []].flat();
  return { status, body: Object(body), line, cookie: line.split(';')[0] ?? '' };
}
const attributesOf = (line: string): string[] => line.split('; ').slice(1).sort();
const read = (path: string, headers: Record<string, string>) => request(url).get(path).set(headers);

describe('given the page of an operator and a key', () => {
  test('when the key is shown, then the cookie is out of reach, holds no key, and is another each time', async () => {
    const { body, line, cookie } = await signIn();
    expect(body).toEqual({ keyNeeded: true, signedIn: true });
    expect(cookie).toMatch(/^wechat-callback-operator=[\w-]{60,}$/);
    expect(attributesOf(line)).toEqual(['HttpOnly', 'Max-Age=28800', 'Path=/', 'SameSite=Strict']);
    expect(Buffer.from(cookie, 'base64url').toString()).not.toContain(KEY);
    expect((await signIn()).cookie).not.toBe(cookie);
    expect((await read('/session', { cookie })).body).toEqual({ keyNeeded: true, signedIn: true });
    expect((await read('/session', {})).body).toEqual({ keyNeeded: true, signedIn: false });
  });

  test('when the page came by https, then so does its cookie only', async () => {
    const { line, cookie } = await signIn(KEY, { origin: 'https://ops.example.com' });
    expect(cookie).toMatch(/^__Host-wechat-callback-operator=/);
    expect(attributesOf(line)).toContain('Secure');
    expect((await read('/status', { cookie })).status).toBe(200);
  });

  test('when there is a session, then it opens what the page shows, and neither tokens nor metrics keys', async () => {
    const { cookie } = await signIn();
    for (const path of ['/status', '/dead-letters', '/troubles', '/alarms'])
      expect([path, (await read(path, { cookie })).status]).toEqual([path, 200]);
    for (const path of [
      '/accounts/default/token',
      '/ACCOUNTS/default/token',
      '/accounts/default/token/status',
    ])
      expect([path, (await read(path, { cookie })).status]).toEqual([path, 401]);
    const events = await openEventStream(`${url}/events`, { cookie });
    expect(events.status).toBe(200);
    events.close();
    expect((await openEventStream(`${url}/events`)).status).toBe(401);
  });

  test('when a cookie is forged, changed, of another key or too old, then it opens nothing', async () => {
    const { cookie } = await signIn();
    const other = createOperatorSessions(`${KEY}!`, app.clock).begin({ headers: {} }).split(';')[0] ?? '';
    const [name = '', value = ''] = cookie.split('=');
    const changed = `${name}=${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`;
    for (const forged of [
      other,
      `${name}=${KEY}`,
      `${name}=`,
      `${name}=${'A'.repeat(100)}`,
      changed.slice(0, -2),
    ])
      expect((await read('/status', { cookie: forged })).status).toBe(401);
    await app.clock.advance(EIGHT_HOURS_MS - 1);
    expect((await read('/status', { cookie })).status).toBe(200);
    await app.clock.advance(1);
    expect((await read('/status', { cookie })).status).toBe(401);
  });

  test('when the server has started anew, then the session goes on', () => {
    const clock = new ManualClock();
    const [cookie = ''] = createOperatorSessions(KEY, clock).begin({ headers: {} }).split(';');
    expect(createOperatorSessions(KEY, clock).read({ headers: { cookie } })).toBeDefined();
  });

  test('when the operator signs out, then the cookie is cleared and not taken again', async () => {
    const { cookie } = await signIn();
    const { headers } = await request(url).delete('/session').set({ cookie });
    expect(String(headers['set-cookie'])).toContain('Max-Age=0');
    expect((await read('/status', { cookie })).status).toBe(401);
  });

  test('when its time is over while the page is open, then the stream says so and ends', async () => {
    const { cookie } = await signIn();
    const events = await openEventStream(`${url}/events`, { cookie });
    await events.next('status');
    await app.clock.advance(EIGHT_HOURS_MS);
    await events.next('session-over');
    await events.ended;
  });
});

describe('given somebody without the key', () => {
  test('when wrong keys are shown, then they are counted as guesses, with those of other ways', async () => {
    for (let n = 0; n < 9; n += 1)
      expect((await signIn(`guess ${n}`)).body).toEqual({
        keyNeeded: true,
        signedIn: false,
        why: 'wrong_key',
      });
    await read('/status', { authorization: 'Bearer the tenth' });
    expect((await signIn()).body).toEqual({ keyNeeded: true, signedIn: false, why: 'too_many_guesses' });
    await app.clock.advance(60_000);
    expect((await signIn()).body).toMatchObject({ signedIn: true });
  });

  test.each([undefined, {}, { key: 7 }, { key: [KEY] }, [KEY], ''])(
    'when the body is %j, then no session begins',
    async (body) => {
      const { status, headers } = await request(url)
        .post('/session')
        .set('content-type', 'application/json')
        .send(body === '' ? '{' : JSON.stringify(body));
      expect([200, 400]).toContain(status);
      expect(headers['set-cookie']).toBeUndefined();
    },
  );

  test('when a form is sent, then it is refused', async () => {
    const form = request(url).post('/session').type('form').send({ key: KEY });
    expect((await form).status).toBe(415);
  });

  test.each(['cross-site', 'same-site'])(
    'when a %s page uses the cookie, then it is refused',
    async (site) => {
      const { cookie } = await signIn();
      const foreign = { cookie, 'sec-fetch-site': site, origin: 'https://evil.example' };
      expect((await read('/status', foreign)).status).toBe(401);
      expect((await request(url).delete('/dead-letters/x').set(foreign)).status).toBe(401);
      expect((await request(url).post('/session').set(foreign).send({ key: KEY })).status).toBe(401);
    },
  );

  test('when a browser does not tell sites apart, then the origin does', async () => {
    const { cookie } = await signIn();
    const drop = (origin: string) => request(url).delete('/dead-letters/x').set({ cookie, origin });
    expect((await drop('https://evil.example')).status).toBe(401);
    expect((await drop(url)).status).toBe(404);
  });

  test('when the page itself is asked for, from a link as well, then it comes, and holds nothing of the server', async () => {
    const page = await read('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
    expect([page.status, page.headers['content-security-policy']]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ]);
    expect((await read('/page-kit/html.js', {})).status).toBe(200);
    expect((await read('/page-kit/../app.ts', {})).status).toBe(401);
  });
});

describe('given no key', () => {
  let open: TestApp;
  beforeEach(async () => {
    open = await createTestApp();
  });
  afterEach(() => open.close());

  test('when our own page changes something, then it may; other pages may not', async () => {
    const port = await listen(open.app.admin, { host: '127.0.0.1', port: 0, portName: 'ADMIN_PORT' });
    const own = `http://127.0.0.1:${port}`;
    const drop = (origin: string, host = `127.0.0.1:${port}`) =>
      request(own).delete('/dead-letters/x').set({ origin, host });
    expect((await request(own).get('/session')).body).toEqual({ keyNeeded: false, signedIn: true });
    expect((await drop(own)).status).toBe(404);
    expect((await drop('http://127.0.0.1:1')).status).toBe(401);
    expect((await drop('http://rebound.example', 'rebound.example')).status).toBe(401);
    expect((await drop('null')).status).toBe(401);
  });
});
