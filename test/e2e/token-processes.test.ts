import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { inLongForm } from '../support/proof/long-form.js';
import { TokenProcesses, type TokenProcess } from '../support/processes/token-processes.js';

/** Tokens of 512 characters, which a log could not hide. */
const TAIL = `_${'T0ken'.repeat(101)}`.padEnd(504, 'x');
const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

describe('given many processes on one Redis', () => {
  let redis: RedisServer;
  let api: FakeWechatApi;
  const processes = new TokenProcesses();
  const start = (prefix: string, more: { channel?: 'ordinary'; clockAheadMs?: number } = {}) =>
    processes.start({ redisUrl: redis.url, apiUrl: api.url, prefix, ...more });

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  beforeAll(async () => {
    api = await startFakeWechatApi({ tail: TAIL });
    api.answer('/cgi-bin/user/info', { subscribe: 1, openid: 'oUser' });
  });
  afterAll(async () => {
    await processes.end();
    await redis.stop();
    await api.close();
  });

  let started: TokenProcess[];
  test('when many start cold and ask at once, then one of them fetches', async () => {
    started = await Promise.all(Array.from({ length: inLongForm(50, { else: 16 }) }, () => start('{cold}')));
    api.delayMs = 300; // so that all of them come while it is on its way
    const got = await Promise.all(started.map((one) => one.get()));
    api.delayMs = 0;
    expect(new Set(got)).toEqual(new Set([digest(`1_stable${TAIL}`)]));
    expect(api.fetches).toEqual({ stable: 1, forced: 0, ordinary: 0 });
  }, 180_000);

  test('when the token is ended by force under load, Redis away or not, then no call fails and none goes out more than twice', async () => {
    const loaded = started.slice(0, 10);
    const stops = loaded.map((one) => one.load());
    const grows = async (): Promise<void> => {
      const before = api.requests.length;
      await eventually(() => expect(api.requests.length).toBeGreaterThan(before + 100), 30_000);
    };
    /** A token that replaced a refused one is not replaced again within ten seconds. */
    const later = async (): Promise<void> => {
      for (const one of loaded) one.later();
      await grows();
    };
    await grows();
    api.invalidateTokens();
    await grows();
    await later();
    api.invalidateTokens({ repeat: true }); // the stable channel goes on handing out the dead one
    await grows();
    await later();
    await redis.kill();
    await grows();
    api.invalidateTokens();
    await grows();
    await redis.start();
    await grows();
    await later();
    api.invalidateTokens();
    await grows();
    const results = await Promise.all(stops.map((stop) => stop()));
    expect(new Set(results.flatMap(({ failures }) => failures))).toEqual(new Set());
    expect(Math.max(...results.map(({ mostRequests }) => mostRequests))).toBe(2);
    expect(api.fetches.forced).toBe(1);
  }, 180_000);

  test.each([
    ['goes on', false],
    ['is restarted in between', true],
  ])(
    'when the one that fetches is stopped past its lock and Redis %s, then it does not overwrite what came after',
    async (_, restart) => {
      const prefix = `{stopped-${restart}}`;
      const ordinary = { channel: 'ordinary' } as const;
      const [slow, next] = await Promise.all([
        start(prefix, ordinary),
        start(prefix, { ...ordinary, clockAheadMs: 11_000 }),
      ]);
      const before = api.fetches.ordinary;
      api.delayMs = 2_000; // room to stop it in between, on a busy machine
      const slowly = slow.get();
      await eventually(() => expect(api.fetches.ordinary).toBe(before + 1));
      slow.child.kill('SIGSTOP');
      api.delayMs = 0;
      const newer = await next.get(); // in its eyes the lock has run out
      if (restart) {
        await redis.kill();
        await redis.start();
      }
      slow.child.kill('SIGCONT');
      const got = await slowly;
      if (!restart) expect(got).toBe(newer); // with Redis gone under its hands it may keep its own, for itself
      const last = await start(prefix, ordinary);
      expect(await last.get()).toBe(newer);
      expect(api.fetches.ordinary).toBe(before + 2);
    },
    180_000,
  );

  test('when all their logs are searched, then there is no token and no secret in them', () => {
    const lines = processes.log.split('\n');
    expect(lines.some((line) => line.includes('a new one is forced'))).toBe(true);
    expect(lines.filter((line) => /T0ken|test-secret|\d_(stable|ordinary)/.test(line))).toEqual([]);
  });
});
