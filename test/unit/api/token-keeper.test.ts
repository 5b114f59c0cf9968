import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { AccessPoints, ApiRequest } from '../../../src/api/access-points/access-points.js';
import { ApiUnreachable } from '../../../src/api/api-error.js';
import { createAppSecret, type AppSecret } from '../../../src/api/app-secret.js';
import type { TokenChannel } from '../../../src/api/fetch-token.js';
import { readAnswer } from '../../../src/api/response.js';
import { createTokenKeeper, type TokenCentre, type TokenKeeper } from '../../../src/api/token-keeper.js';
import { httpResponse } from '../../../src/ports/http-client.js';
import { silentLogger, type Logger } from '../../../src/ports/logger.js';
import { toAccessToken, toAppId, type AccessToken } from '../../../src/protocol/ids.js';
import { FakeTokens } from '../../support/wechat/fake-tokens.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

const APP_ID = toAppId('wx0000000000000001');
const SECRET = 'test-secret';
const MINUTE = 60_000;

/** A store in which something can happen just before the next lock is taken. */
class RacingStore extends MemoryStateStore {
  beforeLock: (() => Promise<unknown>) | undefined;

  override async compareAndSet(change: Parameters<MemoryStateStore['compareAndSet']>[0]): Promise<boolean> {
    if (change.next?.includes('"lock"') === true) {
      const first = this.beforeLock;
      this.beforeLock = undefined;
      await first?.();
    }
    return super.compareAndSet(change);
  }
}

/** WeChat's token channels, a store, a moved clock; every `keeper()` is another process. */
function given(options: { channel?: TokenChannel; secret?: string | undefined } = {}) {
  const clock = new ManualClock();
  const store = new RacingStore();
  const tokens = new FakeTokens({ appId: APP_ID, secret: SECRET, now: () => clock.now() });
  const fetches: { path: string; force: boolean }[] = [];
  const logged: string[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (fields, message) => logged.push(JSON.stringify(fields) + message),
  };
  const world = {
    clock,
    store,
    tokens,
    fetches,
    logged,
    /** How long WeChat takes. */
    delayMs: 0,
    /** Set: answers every fetch in WeChat's place. */
    answer: undefined as (() => unknown) | undefined,
    keeper(
      secret: string | AppSecret | undefined = 'secret' in options ? options.secret : SECRET,
      chance = 0,
    ): TokenCentre {
      const channel = options.channel ?? 'stable';
      return createTokenKeeper({
        appId: APP_ID,
        secret: typeof secret === 'object' ? secret : createAppSecret(APP_ID, secret),
        channel,
        store,
        clock,
        accessPoints,
        log,
        random: () => chance,
      });
    },
  };
  const accessPoints: AccessPoints = {
    async exchange(exchange: ApiRequest) {
      const body: Record<string, unknown> | undefined = JSON.parse(exchange.body ?? 'null') ?? undefined;
      fetches.push({ path: exchange.path, force: body?.['force_refresh'] === true });
      if (world.delayMs > 0) await new Promise<void>((resolve) => clock.schedule(world.delayMs, resolve));
      const answer =
        world.answer?.() ??
        (exchange.method === 'POST'
          ? tokens.stable(body)
          : tokens.ordinary(new URLSearchParams(exchange.query)));
      return readAnswer(exchange.path, httpResponse(200, JSON.stringify(answer)));
    },
  };
  return world;
}

const refusing = (errcode: number, errmsg: string) => () => ({ errcode, errmsg });
const unreachable = () => {
  throw new ApiUnreachable('/cgi-bin/stable_token', 'ECONNREFUSED', { sent: false });
};

describe('given an empty store', () => {
  test.each(['stable', 'ordinary'] as const)(
    'when a token is asked for twice (%s), then it is fetched once',
    async (channel) => {
      const world = given({ channel });
      const one = world.keeper();
      expect([await one.get(), await one.get()]).toEqual([`1_${channel}`, `1_${channel}`]);
      expect(world.fetches).toEqual([
        { path: channel === 'stable' ? '/cgi-bin/stable_token' : '/cgi-bin/token', force: false },
      ]);
    },
  );

  test('when 100 ask at once in two processes, then it is fetched once', async () => {
    const world = given();
    world.delayMs = 700;
    const [one, two] = [world.keeper(), world.keeper()];
    const asking = Promise.all(Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? one : two).get()));
    await world.clock.advance(2_000);
    expect(new Set(await asking)).toEqual(new Set(['1_stable']));
    expect(world.fetches).toHaveLength(1);
  });

  test('when another process is done between our look and our lock, then its token is taken', async () => {
    const world = given();
    const other = world.keeper();
    world.store.beforeLock = () => other.get();
    expect(await world.keeper().get()).toBe('1_stable');
    expect(world.fetches).toHaveLength(1);
  });

  test('when the process that fetches dies, then another one fetches once its lock has run out', async () => {
    const world = given();
    world.delayMs = Infinity; // never answers the first
    world
      .keeper()
      .get()
      .catch(() => {});
    await world.clock.advance(6_000);
    world.delayMs = 0;
    const asking = world.keeper().get();
    await world.clock.advance(5_000);
    expect(await asking).toBe('1_stable');
    expect(world.fetches).toHaveLength(2);
  });

  test('when the other process does not finish, then waiting ends after 5 s with an error that may be tried again', async () => {
    const world = given();
    world.delayMs = Infinity;
    world
      .keeper()
      .get()
      .catch(() => {});
    await world.clock.advance(0);
    const asking = world.keeper().get();
    const outcome = expect(asking).rejects.toMatchObject({ code: 'token_awaited', retryable: true });
    await world.clock.advance(5_000);
    await outcome;
  });

  test('when a process outlives its lock, then it takes over the token that came after', async () => {
    const world = given({ channel: 'ordinary' });
    world.delayMs = 12_000;
    const slow = world.keeper().get();
    await world.clock.advance(10_500);
    world.delayMs = 0;
    expect(await world.keeper().get()).toBe('1_ordinary');
    await world.clock.advance(2_000);
    expect(await slow).toBe('1_ordinary');
  });

  test('when expires_in comes as a string, then it is read', async () => {
    const world = given();
    world.answer = () => ({ access_token: 'T', expires_in: '7200' });
    const keeper = world.keeper();
    await keeper.get();
    await world.clock.advance(100 * MINUTE);
    expect(await keeper.get()).toBe('T');
    expect(world.fetches).toHaveLength(1);
  });

  test.each([
    ['neither token nor errcode', {}],
    ['a token without a life', { access_token: 'T' }],
    ['an empty token', { access_token: '', expires_in: 7200 }],
  ])('when the answer holds %s, then it is an error and nothing is kept', async (_name, body) => {
    const world = given();
    world.answer = () => body;
    const keeper = world.keeper();
    await expect(keeper.get()).rejects.toMatchObject({ code: 'api_unreachable' });
    world.answer = undefined;
    await world.clock.advance(1_000);
    expect(await keeper.get()).toBe('1_stable');
  });

  test('when our address is not whitelisted, then the error and the log name it', async () => {
    const world = given();
    world.answer = refusing(
      40164,
      'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 691d5b03-245c4618-0056bcfe',
    );
    await expect(world.keeper().get()).rejects.toMatchObject({
      errcode: 40164,
      errorClass: 'config',
      message: expect.stringContaining('add 203.0.113.7 to the IP whitelist'),
    });
    expect(world.logged.join()).toContain('203.0.113.7');
  });

  test('when the fetch itself is refused with 40001, then it is a matter of configuration and is not repeated', async () => {
    const world = given();
    world.answer = refusing(40001, 'invalid credential');
    await expect(world.keeper().get()).rejects.toMatchObject({ errcode: 40001, errorClass: 'config' });
    expect(world.fetches).toHaveLength(1);
  });

  test('when there is no secret, then the error names the setting', async () => {
    const world = given({ secret: undefined });
    await expect(world.keeper().get()).rejects.toMatchObject({
      code: 'secret_missing',
      message: expect.stringContaining('WECHAT_APP_SECRET'),
    });
    expect(world.fetches).toEqual([]);
  });

  test('when fetches keep failing, then the pauses between them double up to a minute', async () => {
    const world = given();
    world.answer = unreachable;
    const keeper = world.keeper();
    const startMs = world.clock.now();
    const fetchedAtMs: number[] = [];
    for (let n = 0; n < 200; n += 1) {
      const before = world.fetches.length;
      await expect(keeper.get()).rejects.toMatchObject({ code: 'api_unreachable' });
      if (world.fetches.length > before) fetchedAtMs.push(world.clock.now() - startMs);
      await world.clock.advance(1_000);
    }
    expect(fetchedAtMs).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 123_000, 183_000]);
  });
});

describe('given a token that another process stored', () => {
  test('when it is asked for, then it is used, even without a secret', async () => {
    const world = given();
    await world.keeper().get();
    expect(await world.keeper(undefined).get()).toBe('1_stable');
    expect(world.fetches).toHaveLength(1);
  });

  test('when it belongs to the other channel or is unreadable, then it is not used', async () => {
    const world = given({ channel: 'ordinary' });
    const nowMs = world.clock.now();
    const fact = (name: string, next: string) =>
      world.store.compareAndSet({ name, expected: undefined, next, nowMs, ttlMs: 10 * MINUTE });
    await fact(
      `${APP_ID}:token:stable`,
      JSON.stringify({ fence: 1, current: { value: 'OTHER', expiresAtMs: nowMs + 10 * MINUTE, fence: 1 } }),
    );
    await fact(`${APP_ID}:token:ordinary`, 'not JSON');
    expect(await world.keeper().get()).toBe('1_ordinary');
  });
});

describe('given a token that has five minutes left', () => {
  async function nearlyOver() {
    const world = given();
    const keeper = world.keeper();
    await keeper.get();
    await world.clock.advance(115 * MINUTE);
    return { world, keeper };
  }

  test('when it is asked for, then it is served while the next one is fetched', async () => {
    const { world, keeper } = await nearlyOver();
    world.delayMs = 3_000;
    expect(await keeper.get()).toBe('1_stable');
    expect(await keeper.get()).toBe('1_stable');
    await world.clock.advance(3_000);
    expect(await keeper.get()).toBe('2_stable');
    expect(world.fetches).toHaveLength(2);
  });

  test('when two processes refresh, then one fetches and the other takes it over', async () => {
    const { world, keeper } = await nearlyOver();
    const other = world.keeper();
    await other.get();
    await world.clock.advance(MINUTE);
    expect([await keeper.get(), await other.get()]).toEqual(['1_stable', '1_stable']);
    await world.clock.advance(200);
    expect([await keeper.get(), await other.get()]).toEqual(['2_stable', '2_stable']);
    expect(world.fetches).toHaveLength(2);
  });

  test('when the refresh fails, then the old one is served until its own end and not longer', async () => {
    const { world, keeper } = await nearlyOver();
    world.answer = unreachable;
    expect(await keeper.get()).toBe('1_stable');
    await world.clock.advance(5 * MINUTE - 1);
    expect(await keeper.get()).toBe('1_stable');
    await world.clock.advance(1);
    await expect(keeper.get()).rejects.toMatchObject({ code: 'api_unreachable' });
  });
});

test('given a stable token with 345 s left, when asked for often, then it is fetched again only when 300 s are left', async () => {
  const world = given();
  await world.keeper().get();
  await world.clock.advance((7_200 - 345) * 1_000);
  world.store.unavailable = true; // so that the next process has to ask
  const late = world.keeper();
  expect(await late.get()).toBe('1_stable');
  await world.clock.advance(59_000);
  expect(await late.get()).toBe('1_stable');
  expect(world.fetches).toHaveLength(2);
  await world.clock.advance(1_000);
  await late.get();
  await world.clock.advance(0);
  expect(await late.get()).toBe('2_stable');
});

describe('given a token that WeChat refuses', () => {
  async function refusedToken(options: { repeat: boolean; channel?: TokenChannel }) {
    const world = given(options.channel === undefined ? {} : { channel: options.channel });
    const keepers = [world.keeper(), world.keeper()] as const;
    const token = await keepers[0].get();
    await keepers[1].get();
    world.tokens.invalidate(options.repeat);
    return { world, keepers, token };
  }
  const isGood = (world: ReturnType<typeof given>, token: AccessToken) =>
    world.tokens.refusalOf(token) === undefined;

  test('when 50 callers of two processes reject it, then it is fetched once and all get the new one', async () => {
    const { world, keepers, token } = await refusedToken({ repeat: false });
    world.delayMs = 300;
    const asking = Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const keeper = keepers[n % 2 === 0 ? 0 : 1];
        await keeper.reject(token);
        return keeper.get();
      }),
    );
    await world.clock.advance(2_000);
    expect(new Set(await asking)).toEqual(new Set(['2_stable']));
    expect(world.fetches).toHaveLength(2);
  });

  test('when a late caller rejects it after it was replaced, then nothing happens', async () => {
    const { world, keepers, token } = await refusedToken({ repeat: false });
    await keepers[0].reject(token);
    await keepers[0].get();
    await keepers[0].reject(token);
    await keepers[1].reject(token);
    expect([await keepers[0].get(), await keepers[1].get()]).toEqual(['2_stable', '2_stable']);
    expect(world.fetches).toHaveLength(2);
  });

  test('when a foreign token is rejected, then the present one stays', async () => {
    const { world, keepers, token } = await refusedToken({ repeat: false });
    await keepers[0].reject(toAccessToken('foreign'));
    expect(await keepers[0].get()).toBe(token);
    expect(world.fetches).toHaveLength(1);
  });

  test('when the stable channel repeats it, then the refresh is forced, once', async () => {
    const { world, keepers, token } = await refusedToken({ repeat: true });
    await keepers[0].reject(token);
    const next = await keepers[0].get();
    expect(isGood(world, next)).toBe(true);
    expect(world.fetches.map(({ force }) => force)).toEqual([false, false, true]);
    await keepers[1].reject(token);
    expect(await keepers[1].get()).toBe(next);
    expect(world.fetches).toHaveLength(3);
  });

  test('when the new one is refused within ten seconds, then it is kept; later it is replaced', async () => {
    const { world, keepers, token } = await refusedToken({ repeat: false, channel: 'ordinary' });
    await keepers[0].reject(token);
    const second = await keepers[0].get();
    await keepers[1].reject(token);
    await keepers[0].reject(second);
    await keepers[1].reject(second);
    expect([await keepers[0].get(), await keepers[1].get()]).toEqual([second, second]);
    expect(world.fetches).toHaveLength(2);
    await world.clock.advance(10_000);
    await keepers[0].reject(second);
    expect(await keepers[0].get()).toBe('3_ordinary');
  });

  test('when forced tokens are refused too, then forcing happens 30 s apart and 20 times a day at most', async () => {
    const { world, keepers } = await refusedToken({ repeat: true });
    const forcedAtMs: number[] = [];
    const startMs = world.clock.now();
    for (let n = 0; n < 150; n += 1) {
      world.tokens.invalidate(true);
      const before = world.fetches.filter(({ force }) => force).length;
      await keepers[0].reject(await keepers[0].get());
      await keepers[0].get();
      if (world.fetches.filter(({ force }) => force).length > before)
        forcedAtMs.push(world.clock.now() - startMs);
      await world.clock.advance(10_000);
    }
    expect(forcedAtMs).toEqual(Array.from({ length: 20 }, (_, n) => n * 30_000));
  });
});

describe('given a store that is away', () => {
  test('when 20 ask at once, then it is fetched once and kept in memory', async () => {
    const world = given();
    world.store.unavailable = true;
    const keeper = world.keeper();
    const got = await Promise.all(Array.from({ length: 20 }, () => keeper.get()));
    expect(new Set(got)).toEqual(new Set(['1_stable']));
    expect(await keeper.get()).toBe('1_stable');
    expect(world.fetches).toHaveLength(1);
  });

  test('when the token is refused, then it is replaced, by force where WeChat repeats it', async () => {
    const world = given();
    const keeper = world.keeper();
    const token = await keeper.get();
    world.store.unavailable = true;
    world.tokens.invalidate(true);
    await keeper.reject(token);
    expect(world.tokens.refusalOf(await keeper.get())).toBeUndefined();
    expect(world.fetches.map(({ force }) => force)).toEqual([false, false, true]);
  });

  test('when the new token is refused at once, then it is kept for ten seconds', async () => {
    const world = given({ channel: 'ordinary' });
    world.store.unavailable = true;
    const keeper = world.keeper();
    for (let n = 0; n < 5; n += 1) await keeper.reject(await keeper.get());
    expect(await keeper.get()).toBe('2_ordinary');
    await world.clock.advance(10_000);
    await keeper.reject(await keeper.get());
    expect(await keeper.get()).toBe('3_ordinary');
  });

  test('when it comes back with the refused token in it, then that one is not taken up again', async () => {
    const world = given();
    const keeper = world.keeper();
    const token = await keeper.get();
    world.store.unavailable = true;
    world.tokens.invalidate(false);
    await keeper.reject(token);
    world.store.unavailable = false;
    expect(await keeper.get()).toBe('2_stable');
    expect(await world.keeper().get()).toBe('2_stable');
  });
});

test('given any trouble, when it is logged, then neither secret nor token is in the log', async () => {
  const world = given();
  const keeper = world.keeper();
  await keeper.reject(await keeper.get());
  world.answer = refusing(40125, `invalid appsecret secret=${SECRET}`);
  await expect(keeper.get()).rejects.toThrow('40125');
  world.store.unavailable = true;
  await keeper.reject(toAccessToken('1_stable'));
  expect(world.logged.length).toBeGreaterThan(1);
  expect(world.logged.join()).not.toMatch(/test-secret|1_stable/);
});

describe('given a keeper that was started', () => {
  test('when nobody asks, then it renews in the overlap all the same, and one of two processes fetches', async () => {
    const world = given();
    const [one, two] = [world.keeper(), world.keeper()];
    for (const keeper of [one, two]) keeper.start();
    await one.get();
    await two.get();
    await world.clock.advance(114 * MINUTE);
    expect(world.fetches).toHaveLength(1);
    await world.clock.advance(2 * MINUTE);
    expect(world.fetches).toHaveLength(2);
    await world.clock.advance(10 * 120 * MINUTE);
    expect(world.fetches).toHaveLength(12);
    expect(await one.get()).toBe(await two.get());
    await Promise.all([one.stop(), two.stop()]);
    await world.clock.advance(240 * MINUTE);
    expect(world.fetches).toHaveLength(12);
  });

  test('when it stops while it fetches, then the stop ends after the fetch, and leaves no lock', async () => {
    const world = given();
    world.delayMs = 700;
    const [one, two] = [world.keeper(), world.keeper()];
    const asked = one.get();
    let isStopped = false;
    await world.clock.advance(100);
    const stop = one.stop().then(() => (isStopped = true));
    await world.clock.advance(500);
    expect(isStopped).toBe(false);
    await world.clock.advance(200);
    await stop;
    expect([await asked, await two.get()]).toEqual(['1_stable', '1_stable']);
    expect(world.fetches).toHaveLength(1);
  });

  test('when nobody ever asked, then nothing is fetched', async () => {
    const world = given();
    world.keeper().start();
    await world.clock.advance(240 * MINUTE);
    expect(world.fetches).toEqual([]);
  });

  test('when another process left a token, then it is renewed from that on', async () => {
    const world = given();
    await world.keeper().get();
    world.keeper().start();
    await world.clock.advance(116 * MINUTE);
    expect(world.fetches).toHaveLength(2);
  });

  test('when renewing fails, then it is tried again while the old one serves, and not for ever after', async () => {
    const world = given();
    const keeper = world.keeper();
    keeper.start();
    await keeper.get();
    world.answer = unreachable;
    await world.clock.advance(119 * MINUTE);
    const tries = world.fetches.length;
    expect(tries).toBeGreaterThan(5);
    expect(await keeper.get()).toBe('1_stable');
    await world.clock.advance(60 * MINUTE);
    expect(world.fetches.length).toBeLessThan(tries + 5);
  });

  test('when processes renew, then their moments are spread over twenty seconds', async () => {
    const world = given();
    const early = world.keeper(SECRET, 0);
    const late = world.keeper(SECRET, 0.999);
    for (const keeper of [early, late]) {
      keeper.start();
      await keeper.get();
    }
    await world.clock.advance(115 * MINUTE);
    expect([await early.get(), await late.get()]).toEqual(['2_stable', '1_stable']);
    await world.clock.advance(20_000);
    expect(await late.get()).toBe('2_stable');
    expect(world.fetches).toHaveLength(2);
  });
});

test('given 50 processes and no token, when all ask at once, then it is fetched once', async () => {
  const world = given();
  world.delayMs = 700;
  const asking = Promise.all(Array.from({ length: 50 }, () => world.keeper().get()));
  await world.clock.advance(2_000);
  expect(new Set(await asking)).toEqual(new Set(['1_stable']));
  expect(world.fetches).toHaveLength(1);
});

describe.each(['stable', 'ordinary'] as const)('given 10 processes that make calls (%s)', (channel) => {
  test('when the token is ended under their hands, then no call fails and each is repeated once at most', async () => {
    const world = given({ channel });
    world.delayMs = 300;
    const keepers = Array.from({ length: 10 }, () => world.keeper());
    let most = 0;
    let failed = 0;
    const call = async (keeper: TokenKeeper): Promise<void> => {
      for (let times = 1; ; times += 1) {
        const token = await keeper.get();
        most = Math.max(most, times);
        if (world.tokens.refusalOf(token) === undefined) return;
        if (times === 2) {
          failed += 1;
          return;
        }
        await keeper.reject(token);
      }
    };
    const calls: Promise<void>[] = [];
    for (let n = 0; n < 300; n += 1) {
      if (n === 100) world.tokens.invalidate(false);
      if (n === 200) world.tokens.invalidate(channel === 'stable');
      for (const keeper of keepers) calls.push(call(keeper));
      await world.clock.advance(110);
    }
    await world.clock.advance(10_000);
    await Promise.all(calls);
    expect({ most, failed }).toEqual({ most: 2, failed: 0 });
    expect(world.fetches.filter(({ force }) => force)).toHaveLength(channel === 'stable' ? 1 : 0);
    expect(world.fetches).toHaveLength(channel === 'stable' ? 4 : 3);
  });
});

describe('given tokens that somebody else ends', () => {
  test('when it is the ordinary channel, then the other program is named: suspected at first, then known', async () => {
    const world = given({ channel: 'ordinary' });
    const keeper = world.keeper();
    for (let n = 0; n < 2; n += 1) {
      const token = await keeper.get();
      world.tokens.ordinary(
        new URLSearchParams({ grant_type: 'client_credential', appid: APP_ID, secret: SECRET }),
      );
      await world.clock.advance(6 * MINUTE);
      expect(world.tokens.refusalOf(token)).toBeDefined();
      await keeper.reject(token, 40001);
    }
    const said = world.logged.filter((line) => line.includes('another program') || line.includes('Another'));
    expect(said).toEqual([
      expect.stringContaining('or the AppSecret was reset'),
      expect.stringContaining('set TOKEN_CHANNEL=stable'),
    ]);
    expect(await keeper.status()).toMatchObject({
      channel: 'ordinary',
      superseded: { times: 2, advice: expect.stringContaining('Another program fetches access tokens') },
    });
  });

  test('when a token ended by itself or was never one, then nobody is named', async () => {
    const world = given({ channel: 'ordinary' });
    const keeper = world.keeper();
    await keeper.reject(await keeper.get(), 42001);
    await world.clock.advance(MINUTE);
    await keeper.reject(await keeper.get(), 40014);
    expect(world.logged.join()).not.toMatch(/nother program/);
    expect(await keeper.status()).not.toHaveProperty('superseded');
  });
});

describe('given a fetch that WeChat refuses', () => {
  test('when 20 processes ask, then one asks WeChat and all hear its no, later and later', async () => {
    const world = given();
    world.answer = refusing(40125, 'invalid appsecret');
    const keepers = Array.from({ length: 20 }, () => world.keeper());
    for (let minute = 0; minute < 60; minute += 1) {
      const asking = Promise.all(
        keepers.map((keeper) => expect(keeper.get()).rejects.toMatchObject({ errcode: 40125 })),
      );
      await world.clock.advance(MINUTE);
      await asking;
    }
    expect(world.fetches.length).toBeGreaterThan(5);
    expect(world.fetches.length).toBeLessThan(20);
  });

  test('when it speaks of the address, then a process at another address asks all the same', async () => {
    const world = given();
    world.answer = refusing(40164, 'invalid ip 203.0.113.7, not in whitelist');
    const barred = world.keeper();
    await expect(barred.get()).rejects.toMatchObject({ errcode: 40164 });
    world.answer = undefined;
    expect(await world.keeper().get()).toBe('1_stable');
    expect(await barred.get()).toBe('1_stable'); // what others have may be used by all
  });

  test('when the right secret comes by a restart, then the no to the wrong one does not stand', async () => {
    const world = given();
    await expect(world.keeper('wrong-secret').get()).rejects.toMatchObject({ errcode: 40125 });
    await expect(world.keeper('wrong-secret').get()).rejects.toMatchObject({ errcode: 40125 });
    expect(world.fetches).toHaveLength(1); // the wrong one rests, in every process
    expect(await world.keeper().get()).toBe('1_stable');
  });

  test('when the right secret comes while the server runs, then the next who asks has a token', async () => {
    const world = given();
    const secret = createAppSecret(APP_ID, 'wrong-secret');
    const keeper = world.keeper(secret);
    await expect(keeper.get()).rejects.toMatchObject({ errcode: 40125 });
    await expect(keeper.get()).rejects.toMatchObject({ errcode: 40125 });
    expect(await keeper.status()).toHaveProperty('trouble');
    expect(secret.change(SECRET)).toBe(true);
    expect(await keeper.status()).not.toHaveProperty('trouble');
    expect(await keeper.get()).toBe('1_stable');
    expect(world.fetches).toHaveLength(2);
  });

  test('when a wrong secret follows a wrong one, then its waits begin anew and are its own', async () => {
    const world = given();
    for (let minute = 0; minute < 20; minute += 1) {
      await expect(world.keeper('wrong-secret').get()).rejects.toThrow();
      await world.clock.advance(MINUTE);
    }
    await expect(world.keeper('wrong-again').get()).rejects.toMatchObject({ errcode: 40125 });
    const asked = world.fetches.length;
    await world.clock.advance(10_000);
    await expect(world.keeper('wrong-again').get()).rejects.toMatchObject({ errcode: 40125 });
    expect(world.fetches).toHaveLength(asked + 1);
  });

  test('when it is noted for others, then neither the secret nor anything to find it by stands in the store', async () => {
    const world = given();
    await expect(world.keeper('wrong-secret').get()).rejects.toThrow();
    const noted = await world.store.get(`${APP_ID}:token:stable`, world.clock.now());
    expect(noted).toContain('40125');
    expect(noted).not.toContain('wrong-secret');
    for (const plain of ['wrong-secret', `${APP_ID}wrong-secret`, `wrong-secret${APP_ID}`])
      for (const encoding of ['hex', 'base64url'] as const)
        expect(noted).not.toContain(createHash('sha256').update(plain).digest(encoding).slice(0, 16));
  });

  test('when an operator refreshes, then that is not made to wait', async () => {
    const world = given();
    world.answer = refusing(40243, 'appsecret frozen');
    const keeper = world.keeper();
    await expect(keeper.get()).rejects.toMatchObject({ errcode: 40243 });
    expect(await keeper.status()).toMatchObject({ trouble: expect.stringContaining('unfreeze') });
    world.answer = undefined;
    expect(await keeper.refresh('fresh')).toMatchObject({ value: '1_stable' });
    expect(await keeper.get()).toBe('1_stable');
    expect(await keeper.status()).not.toHaveProperty('trouble');
  });

  test.each([
    [45011, 60_000],
    [45009, 600_000],
  ])('when it is %i, then nothing is fetched for %i ms', async (errcode, restMs) => {
    const world = given();
    world.answer = refusing(errcode, 'slower');
    const keeper = world.keeper();
    await expect(keeper.get()).rejects.toMatchObject({ errcode });
    world.answer = undefined;
    await world.clock.advance(restMs - 1);
    await expect(keeper.get()).rejects.toMatchObject({ errcode });
    await world.clock.advance(1);
    expect(await keeper.get()).toBe('1_stable');
  });
});

describe('given an operator who refreshes', () => {
  test('when it is by force, then a new one comes, within the budget only', async () => {
    const world = given();
    const keeper = world.keeper();
    const token = await keeper.get();
    expect((await keeper.refresh('fresh')).value).toBe(token);
    expect((await keeper.refresh('forced')).value).toBe('2_stable');
    await expect(keeper.refresh('forced')).rejects.toMatchObject({ code: 'force_budget_spent' });
    expect(await keeper.get()).toBe('2_stable');
    expect(await keeper.status()).toMatchObject({ channel: 'stable', forcedLeft: 19 });
    await world.clock.advance(30_000);
    expect((await keeper.refresh('forced')).value).toBe('3_stable');
  });

  test('when the channel is the ordinary one, then a new one comes', async () => {
    const world = given({ channel: 'ordinary' });
    const keeper = world.keeper();
    await keeper.get();
    expect((await keeper.refresh('fresh')).value).toBe('2_ordinary');
  });

  test('when programs force one after another in the ordinary channel, then the budget holds there too', async () => {
    const world = given({ channel: 'ordinary' });
    const keeper = world.keeper();
    await keeper.get();
    expect((await keeper.refresh('forced')).value).toBe('2_ordinary');
    await expect(keeper.refresh('forced')).rejects.toMatchObject({ code: 'force_budget_spent' });
    expect(await keeper.get()).toBe('2_ordinary');
    expect(await keeper.status()).toMatchObject({ channel: 'ordinary', forcedLeft: 19 });
  });

  test('when another process holds the one before, then it goes on with it until it is refused', async () => {
    const world = given();
    const [one, two] = [world.keeper(), world.keeper()];
    await one.get();
    const token = await two.get();
    await one.refresh('forced');
    await two.reject(token);
    expect(await two.get()).toBe('2_stable');
    expect(world.fetches).toHaveLength(2);
  });
});

test('given tokens of 512 characters, when they are kept, then they come out whole', async () => {
  const world = given();
  world.tokens.tail = 'x'.repeat(504);
  expect(await world.keeper().get()).toHaveLength(512);
  expect(await world.keeper().get()).toHaveLength(512);
});

test('given a store that comes back with a token from before the outage, when a later one is refused, then the old one is not taken up', async () => {
  const world = given();
  const keeper = world.keeper();
  await keeper.get(); // 1, which stays in the store
  world.store.unavailable = true;
  world.tokens.invalidate(false);
  await keeper.reject(toAccessToken('1_stable'));
  const second = await keeper.get();
  world.store.unavailable = false;
  await world.clock.advance(10_000);
  world.tokens.invalidate(false);
  await keeper.reject(second);
  expect(await keeper.get()).toBe('3_stable');
});

describe('given a clock that is set back by an hour', () => {
  test('when the token was replaced shortly before, then it is replaced all the same once WeChat refuses it', async () => {
    const world = given();
    const keeper = world.keeper();
    const first = await keeper.get();
    world.tokens.invalidate(false);
    await keeper.reject(first);
    const second = await keeper.get();
    world.clock.setBack(3_600_000);
    world.tokens.invalidate(false);
    await keeper.reject(second);
    expect(await keeper.get()).toBe('3_stable');
  });

  test.each([
    ['nobody answers', unreachable],
    ['WeChat is busy', refusing(-1, 'system error')],
    ['the secret is wrong', refusing(40125, 'invalid appsecret')],
  ])('when %s shortly before, then it is asked again as soon as ever', async (_, answer) => {
    const world = given();
    const keeper = world.keeper();
    world.answer = answer;
    await expect(keeper.get()).rejects.toThrow();
    world.answer = undefined;
    world.clock.setBack(3_600_000);
    await world.clock.advance(10_000);
    expect(await keeper.get()).toBe('1_stable');
  });

  test('when a token was forced shortly before, then one can be forced again', async () => {
    const world = given();
    const keeper = world.keeper();
    await keeper.refresh('forced');
    world.clock.setBack(3_600_000);
    expect((await keeper.refresh('forced')).value).not.toBe('');
  });
});
