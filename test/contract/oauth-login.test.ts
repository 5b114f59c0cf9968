import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createAppSecret } from '../../src/api/app-secret.js';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { createRedisStore } from '../../src/adapters/redis/redis-adapters.js';
import { createSealer } from '../../src/crypto/sealer.js';
import { createOAuthApi } from '../../src/api/oauth/oauth.js';
import { createLogins, type RedeemLogin } from '../../src/api/oauth/login.js';
import { createUserTokens } from '../../src/api/oauth/user-tokens.js';
import { systemClock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import type { StateStore } from '../../src/ports/state-store.js';
import { toAppId } from '../../src/protocol/ids.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { EXCHANGE, GRANT, SECRET, stubSns, type StubSns } from '../support/wechat/oauth-login.js';

const PROCESSES = 5;
const REQUESTS_EACH = 4;

let server: RedisServer;
let dir: string;
let sns: StubSns;
let close: (() => Promise<unknown>)[];
let next = 0;
beforeAll(async () => {
  server = await RedisServer.start({ fsync: 'no' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'web-login-'));
  sns = stubSns();
  // Two requests are never one inside of another: the first answer takes its time.
  sns.answer(EXCHANGE, () => new Promise((resolve) => setTimeout(resolve, 50, GRANT)));
  close = [];
});
afterEach(async () => {
  await Promise.all(close.map((one) => one()));
  await rm(dir, { recursive: true });
});

/** Makes a process on a store that it shares with others. */
function processOn(store: StateStore) {
  const appId = toAppId('wxTests');
  const api = createOAuthApi({
    appId,
    secret: createAppSecret(appId, SECRET),
    accessPoints: sns,
  });
  const sealer = createSealer('a key', 'tests');
  const shared = { appId, api, store, sealer, clock: systemClock };
  const tokens = createUserTokens({ ...shared, ttlMs: 60_000 });
  const spend = createLogins({ ...shared, log: silentLogger, onGrant: (grant) => tokens.keep(grant) });
  return { spend, tokens };
}

const redis = async (): Promise<StateStore[]> =>
  Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const store = createRedisStore({
        url: server.url,
        log: silentLogger,
        prefix: `{web-login-${next}}`,
        timeoutMs: 5_000,
      });
      close.push(() => store.close());
      await store.ready(30_000);
      return store;
    }),
  );
const journal = async (): Promise<StateStore[]> => {
  const files = await openFileAdapters({ dir, clock: systemClock, log: silentLogger });
  close.push(files.close);
  return [files.store];
};

describe.each([
  ['processes on one Redis', redis],
  ['one process with its journal', journal],
])('given %s', (_, open) => {
  const login = { id: 'a login', endsAtMs: Date.now() + 600_000 };
  let spends: RedeemLogin[];
  let stores: StateStore[];
  beforeEach(async () => {
    next += 1;
    stores = await open();
    spends = stores.map((store) => processOn(store).spend);
  });
  const allAtOnce = (code: string) =>
    Promise.all(
      spends.flatMap((spend) => Array.from({ length: REQUESTS_EACH }, () => spend({ ...login, code }))),
    );

  test('when a callback is asked for many times at once, then one code is exchanged and all hear of one user', async () => {
    const outcomes = await allAtOnce('CODE');
    expect(sns.asked).toHaveLength(1);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([
        JSON.stringify({
          type: 'granted',
          user: { openId: GRANT.openid, scope: GRANT.scope, isSnapshotUser: false },
        }),
      ]),
    );
    expect(await allAtOnce('ANOTHER')).toEqual(outcomes.map(() => ({ type: 'replayed' })));
    expect(sns.asked).toHaveLength(1);
  });

  test('when tokens of a user are renewed everywhere at once, then a good one is kept', async () => {
    const scope = 'snsapi_userinfo';
    sns.answer(EXCHANGE, { ...GRANT, scope });
    await spends[0]?.({ ...login, code: 'CODE' });
    sns.answer('/sns/oauth2/refresh_token', { ...GRANT, scope, access_token: 'NEXT' });
    sns.answer('/sns/userinfo', { openid: GRANT.openid, nickname: '小红' });
    const holders = stores.map((store) => processOn(store).tokens);
    const answers = await Promise.all(holders.map((tokens) => tokens.renew(GRANT.openid)));
    expect(answers.map(({ type }) => type)).toEqual(holders.map(() => 'done'));
    expect((await holders[0]?.profile(GRANT.openid))?.type).toBe('done');
    expect(sns.asked.at(-1)?.query['access_token']).toBe('NEXT');
  });
});
