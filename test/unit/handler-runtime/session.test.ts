import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  createSession,
  SESSION_LIMIT_BYTES,
  type SessionValues,
} from '../../../src/handler-runtime/session.js';
import { memorySession } from '../../../src/index.js';
import { toAppId, toOpenId } from '../../../src/protocol/ids.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

const HOUR_MS = 3_600_000;

function installation() {
  const store = new MemoryStateStore();
  const clock = new ManualClock();
  const sessionOf = (user = 'o1', appId = 'wx1', facts: SessionValues = store) =>
    createSession({ store: facts, clock }, toAppId(appId), toOpenId(user));
  return { store, clock, sessionOf };
}

describe('given the session of a user', () => {
  test('when nothing was stored, then it is undefined', async () => {
    expect(await installation().sessionOf().get()).toBeUndefined();
  });

  test('when JSON is set, then every process reads an equal copy of it', async () => {
    const { sessionOf } = installation();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const plain: unknown = JSON.parse(JSON.stringify({ value })); // -0 is 0 in JSON
        await sessionOf().update(() => plain);
        const read = await sessionOf().get();
        expect(read).toEqual(plain);
        expect(read).not.toBe(plain);
      }),
      { numRuns: 50 },
    );
  });

  test('when it is cleared, or an update returns undefined, then it is gone', async () => {
    const session = installation().sessionOf();
    await session.set({ n: 1 });
    await session.clear();
    expect(await session.get()).toBeUndefined();
    await session.set({ n: 1 });
    expect(await session.update(() => undefined)).toBeUndefined();
    expect(await session.get()).toBeUndefined();
    await session.clear();
  });

  test('when a day passes, then it is forgotten, and each write begins the day anew', async () => {
    const { clock, sessionOf } = installation();
    const session = sessionOf();
    await session.set('a');
    await clock.advance(23 * HOUR_MS);
    expect(await session.update<string>((value) => `${value}b`)).toBe('ab');
    await clock.advance(23 * HOUR_MS);
    expect(await session.get()).toBe('ab');
    await clock.advance(HOUR_MS);
    expect(await session.get()).toBeUndefined();
  });

  test('when a lifetime is given, then it holds instead', async () => {
    const { clock, sessionOf } = installation();
    await sessionOf().set(1, { ttlMs: 1_000 });
    await sessionOf()
      .named('long')
      .update(() => 2, { ttlMs: 48 * HOUR_MS });
    await clock.advance(1_000);
    expect(await sessionOf().get()).toBeUndefined();
    await clock.advance(47 * HOUR_MS);
    expect(await sessionOf().named('long').get()).toBe(2);
  });

  test('when others have sessions, then none of them is this one', async () => {
    const { sessionOf } = installation();
    const all = [
      sessionOf(),
      sessionOf('o2'),
      sessionOf('o1', 'wx2'),
      sessionOf().named('cart'),
      sessionOf('o2').named('cart'),
      sessionOf('a:b').named('c'),
      sessionOf('a').named('b:c'),
    ];
    await Promise.all(all.map((session, index) => session.set(index)));
    expect(await Promise.all(all.map((session) => session.get()))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('when it is stored, then the AppID and the OpenID are in its name', async () => {
    const { store, clock, sessionOf } = installation();
    await sessionOf('oUser_-1', 'wxapp').named('cart').set(['x']);
    expect(await store.get('wxapp:session:oUser_-1:cart', clock.now())).toBe('["x"]');
  });
});

describe('given two pushes of a user at once', () => {
  test('when both change the session, then both changes are in it', async () => {
    const { sessionOf } = installation();
    const add = (line: string) => sessionOf().update<string[]>((lines = []) => [...lines, line]);
    await Promise.all(Array.from({ length: 20 }, (_, index) => add(String(index))));
    const lines = (await sessionOf().get<string[]>()) ?? [];
    expect(lines.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test('when one sets it while the other changes it, then the change sees what was set', async () => {
    const { store, sessionOf } = installation();
    await sessionOf().set(1);
    let seen = 0;
    const interrupted: SessionValues = {
      get: (name, nowMs) => store.get(name, nowMs),
      compareAndSet: async (change) => {
        if (seen === 1) await sessionOf().set(10);
        return store.compareAndSet(change);
      },
    };
    const changed = await sessionOf('o1', 'wx1', interrupted).update<number>((value = 0) => {
      seen++;
      return value + 1;
    });
    expect([seen, changed, await sessionOf().get()]).toEqual([2, 11, 11]);
  });

  test('when others come first every time, then the change gives up and says so', async () => {
    const { store, sessionOf } = installation();
    let asked = 0;
    const busy: SessionValues = {
      get: (name, nowMs) => store.get(name, nowMs),
      compareAndSet: async () => (asked++, false),
    };
    await expect(sessionOf('o1', 'wx1', busy).update(() => 1)).rejects.toMatchObject({
      code: 'session_contended',
      retryable: true,
    });
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(1_000);
  });
});

describe('given a value that no session takes', () => {
  test.each([
    [{ at: new Date(0) }, 'value.at is a Date'],
    [[undefined], 'value[0] is undefined'],
    [Number.NaN, 'value is the number NaN'],
    [Promise.resolve(1), 'value is a Promise'],
  ])('when it is %p, then it is refused by name and what was there stays', async (value, says) => {
    const session = installation().sessionOf();
    await session.set('before');
    await expect(session.set(value)).rejects.toThrow(says);
    await expect(session.update<unknown>(() => value)).rejects.toMatchObject({ code: 'session_not_json' });
    expect(await session.get()).toBe('before');
  });

  test('when it is nested beyond all bounds, then it is refused by name', async () => {
    const session = installation().sessionOf();
    let deep: object = {};
    for (let level = 0; level < 5_000; level += 1) deep = { deep };
    await expect(session.set(deep)).rejects.toMatchObject({ code: 'session_not_json' });
    await expect(session.update(() => deep)).rejects.toMatchObject({ code: 'session_not_json' });
  });

  test('when it is too long, then it is refused, and the text is not in the error', async () => {
    const session = installation().sessionOf();
    const longest = '字'.repeat((SESSION_LIMIT_BYTES - 2) / 3);
    await session.set(longest);
    await expect(session.set(`${longest}字`)).rejects.toMatchObject({
      code: 'session_too_large',
      message: expect.not.stringContaining('字'),
    });
    expect(await session.get()).toBe(longest);
  });

  test('when the store cannot be reached, then that is what is said', async () => {
    const { store, sessionOf } = installation();
    store.unavailable = true;
    await expect(sessionOf().get()).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(sessionOf().set(1)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('given a session in memory', () => {
  test('when it is used, then it keeps, changes and forgets as any other', async () => {
    const session = memorySession();
    await session.named('a').set(1, { ttlMs: 60_000 });
    await session.named('b').set(1, { ttlMs: 0 });
    expect(await session.named('a').update<number>((value = 0) => value + 1)).toBe(2);
    expect([await session.get(), await session.named('b').get()]).toEqual([undefined, undefined]);
    await session.named('a').clear();
    expect(await session.named('a').get()).toBeUndefined();
  });
});
