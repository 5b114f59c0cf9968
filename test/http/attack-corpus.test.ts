import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { listen } from '../../src/http/listen.js';
import { createPublicDownload } from '../../src/adapters/http/public-download.js';
import { createSandbox } from '../../src/sandbox/sandbox.js';
import { SANDBOX_ACCOUNT } from '../../src/sandbox/default-account.js';
import { askRaw, fill, attackFile, type Downloads, type HttpCase } from '../support/attacks/attack-case.js';
import { attackCallback, callbackCases } from '../support/attacks/callback-attacks.js';
import { attackHttp, faultOf } from '../support/attacks/http-attacks.js';
import { createTestApp, FIXTURE_TIME_MS } from '../support/app/test-app.js';
import { portOf } from '../support/processes/port-of.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import {
  Browser,
  EXCHANGE,
  GRANT,
  startWebProcess,
  stateOf,
  stubSns,
} from '../support/wechat/oauth-login.js';
import { cipherModes, post, textXml, wire } from '../support/wechat/wire-push.js';

interface RawCase extends Pick<HttpCase, 'name' | 'status' | 'without'> {
  readonly send: string;
}
interface OAuthCase extends HttpCase {
  /** The attacker has begun a login, and knows its state and its cookie. */
  readonly login?: true;
  /** The attacker has a session. */
  readonly session?: true;
  /** Of the login. Default: the right ones. */
  readonly cookies?: 'none' | 'empty' | 'made-up' | 'cut' | 'of another login';
}

const rawCases: readonly RawCase[] = JSON.parse(attackFile('raw-sockets'));
const adminCases: readonly HttpCase[] = JSON.parse(attackFile('admin'));
const openAdminCases: readonly HttpCase[] = JSON.parse(attackFile('admin-open'));
const oauthCases: readonly OAuthCase[] = JSON.parse(attackFile('oauth'));
const sandboxCases: readonly HttpCase[] = JSON.parse(attackFile('sandbox'));

const untouched = Object.getOwnPropertyNames(Object.prototype).sort();
afterEach(() => expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(untouched));

const silent = { any: { on: '*', handle: () => undefined } } as const;

/** Tries all, one after the other. Returns what is wrong. */
async function faultsOf<Case extends { readonly name: string }>(
  cases: readonly Case[],
  attack: (one: Case) => Promise<string | undefined>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const one of cases) {
    const fault = await attack(one).catch((error: unknown) => `${one.name}: ${String(error)}`);
    if (fault !== undefined) faults.push(fault);
  }
  return faults;
}

test('given the hand-made attacks, when they are counted, then there are at least 300, each with a name of its own', () => {
  const named = [callbackCases, rawCases, adminCases, openAdminCases, oauthCases, sandboxCases];
  for (const cases of named) expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  expect(named.flat().length).toBeGreaterThan(300);
});

describe.each(cipherModes)('given a callback in %s mode', (mode) => {
  test.each([undefined, 'original-id'] as const)(
    'when each hand-made attack is tried (%s), then it ends as the corpus says, and a push is answered afterwards',
    async (settings) => {
      const app = await createTestApp({
        handlers: silent,
        settings: {
          WECHAT_CIPHER_MODE: mode,
          ...(settings !== undefined && { WECHAT_ORIGINAL_ID: 'gh_b52b1f8c3a7d' }),
        },
      });
      const { broken } = await attackCallback({
        port: app.port,
        mode,
        settings,
        nowS: FIXTURE_TIME_MS / 1_000,
        lastReason: () => app.reasons().at(-1),
      });
      expect(broken).toEqual([]);
      expect((await post(app.http, wire(textXml(), { mode }))).text).toBe('success');
      await app.close();
    },
  );
});

describe('given a plain connection to the public listener', () => {
  test('when bytes come that are no request, then they are refused, and a push is answered afterwards', async () => {
    const app = await createTestApp({ handlers: silent });
    const broken = await faultsOf(rawCases, async (one) => {
      const { query, body } = wire(textXml());
      const url = `/wechat?${new URLSearchParams(query).toString()}`;
      const sent = fill(one.send, { url, body, length: String(Buffer.byteLength(body)) });
      return faultOf(one, await askRaw(app.port, Buffer.from(sent)));
    });
    expect(broken).toEqual([]);
    expect((await post(app.http, wire(textXml()))).text).toBe('success');
    await app.close();
  });
});

describe('given the admin listener', () => {
  const KEY = 'the-key-of-the-operator';
  test.each([
    ['with a key', { ADMIN_KEY: KEY }, adminCases],
    ['without a key', {}, openAdminCases],
  ])(
    'when somebody without rights asks one %s, then nothing is done and nothing is told',
    async (_which, settings, cases) => {
      const app = await createTestApp({ settings: { ...UNREACHABLE_WECHAT, ...settings } });
      const port = await listen(app.app.admin, { host: '127.0.0.1', port: 0, portName: 'ADMIN_PORT' });
      const values = {
        key: KEY,
        appId: UNREACHABLE_WECHAT.WECHAT_APP_ID,
        secret: UNREACHABLE_WECHAT.WECHAT_APP_SECRET,
      };
      const broken = await faultsOf(cases, async (one) => {
        // Guesses of the cases before are forgotten.
        await app.clock.advance(61_000);
        return attackHttp(port, one, values);
      });
      expect(broken).toEqual([]);
      await app.close();
      expect(JSON.stringify(app.lines)).not.toContain(KEY);
    },
  );
});

describe('given web authorization', () => {
  test('when logins and sessions are forged, then there is none, no code is spent, and a true login works afterwards', async () => {
    const sns = stubSns();
    sns.answer(EXCHANGE, GRANT);
    const shared = { clock: new ManualClock(), store: new MemoryStateStore() };
    const site = await startWebProcess(sns, shared);
    const browser = new Browser();
    const login = async () => {
      const { location } = await browser.get(`${site.base}/login`);
      return stateOf(location);
    };
    await browser.get(`${site.base}/callback?code=CODE&state=${await login()}`);
    const session = browser.cookies.get('__Host-wechat') ?? '';
    expect(session).not.toBe('');
    const spent = sns.asked.length;
    const broken = await faultsOf(oauthCases, async (one) => {
      browser.cookies.clear();
      const state = one.login === true ? await login() : '';
      const [[name, cookie] = ['', '']] = browser.cookies;
      if (one.cookies === 'of another login') {
        browser.cookies.clear();
        await login();
      }
      const [other = ''] = browser.cookies.values();
      const shown = {
        none: undefined,
        empty: '',
        'made-up': 'A'.repeat(cookie.length),
        cut: cookie.slice(0, -4),
        'of another login': other,
      };
      const given = one.cookies === undefined ? cookie : shown[one.cookies];
      const headers = {
        ...(one.login === true && given !== undefined && { Cookie: `${name}=${given}` }),
        ...one.headers,
      };
      const fault = await attackHttp(
        portOf(site.http),
        { ...one, headers },
        { state, session, loginCookie: cookie },
      );
      return fault ?? (sns.asked.length === spent ? undefined : `${one.name}: a code is spent`);
    });
    expect(broken).toEqual([]);
    browser.cookies.clear();
    await browser.get(`${site.base}/callback?code=CODE&state=${await login()}`);
    expect((await browser.get(`${site.base}/me`)).status).toBe(200);
    site.http.close();
  });
});

describe('given the sandbox', () => {
  test('when other pages, names and programs ask for what is not theirs, then they are refused', async () => {
    const sandbox = createSandbox({ port: 0 });
    await sandbox.start();
    const port = Number(new URL(sandbox.url()).port);
    const broken = await faultsOf(sandboxCases, (one) =>
      attackHttp(port, one, { appId: SANDBOX_ACCOUNT.appId }),
    );
    expect(broken).toEqual([]);
    expect(sandbox.state.exchanges.list()).toEqual([]);
    await sandbox.stop();
  });
});

describe('given a file that is fetched for a handler', () => {
  const { redirects, answersOfNames }: Downloads = JSON.parse(attackFile('downloads'));
  const LIMITS = { maxBytes: 1_000, timeoutMs: 5_000 };

  test('when its address redirects to what is not public, then nobody else is asked', async () => {
    let location = '';
    const outer = createServer((_request, response) => void response.writeHead(302, { location }).end());
    outer.listen(0, '127.0.0.1');
    await once(outer, 'listening');
    // 127.0.0.1 stands for the internet, and only at this port.
    const download = createPublicDownload({ isAllowed: (address) => address === '127.0.0.1' });
    for (location of redirects) {
      const kind = await download(`http://127.0.0.1:${portOf(outer)}/`, LIMITS).catch(kindOf);
      expect([location, kind]).toEqual([location, 'invalid-url']);
    }
    outer.close();
  });

  test.each(answersOfNames)(
    'when its name stands for %j, then nothing is asked of anybody',
    async (...addresses) => {
      const download = createPublicDownload({
        resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      });
      const kind = await download('http://two-faced.example/', LIMITS).catch(kindOf);
      expect(['invalid-url', 'dns']).toContain(kind);
    },
  );
});

function kindOf(error: unknown): unknown {
  return Object(error).kind;
}
