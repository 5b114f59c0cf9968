import { describe, expect, test } from '@jest/globals';
import { ApiRefused, ApiUnreachable } from '../../../src/api/api-error.js';
import { createSendPermission, NOBODY, type SendPermission } from '../../../src/api/send-permission.js';
import { StoreUnavailable } from '../../../src/ports/state-store.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { captureLog } from '../../support/app/handler-runtime.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

const APP_ID = toAppId('wx1');
const HOUR = 3_600_000;
const PATH = '/cgi-bin/message/custom/typing';
const refused = (errcode: number) => new ApiRefused(PATH, { errcode, text: 'no', errorClass: 'bad-request' });
const unreachable = () => new ApiUnreachable(PATH, 'ECONNREFUSED', { sent: false });

/** A store, a moved clock, and WeChat, which takes 200 ms to say `answer`; every `process()` is another one. */
function given() {
  const clock = new ManualClock();
  const log = captureLog();
  const world = {
    clock,
    log,
    store: new MemoryStateStore(),
    isStoreAway: false,
    asked: 0,
    /** A process that asks now is never heard of again. */
    dies: false,
    answer: refused(40003) as Error | undefined,
    async process(): Promise<SendPermission> {
      const away = () => Promise.reject(new StoreUnavailable('away'));
      const permission = createSendPermission({
        appId: APP_ID,
        store: {
          get: (...args) => (world.isStoreAway ? away() : world.store.get(...args)),
          compareAndSet: (...args) => (world.isStoreAway ? away() : world.store.compareAndSet(...args)),
        },
        clock,
        log,
        async typing(request) {
          expect(request).toEqual({ touser: NOBODY, command: 'CancelTyping' });
          world.asked += 1;
          if (world.dies) return new Promise(() => {});
          await new Promise<void>((resolve) => clock.schedule(200, resolve));
          if (world.answer !== undefined) throw world.answer;
        },
      });
      await permission.start();
      return permission;
    },
  };
  return world;
}

describe('given an account of which nobody knows whether it may send', () => {
  test.each([
    [48001, 'denied'],
    [40003, 'granted'],
    [45072, 'granted'],
    [45080, 'granted'],
    [undefined, 'granted'],
    [48004, 'unknown'], // banned: that passes
    [45009, 'unknown'],
    [-1, 'unknown'],
  ] as const)('when WeChat answers the harmless question with %s, then it is %s', async (errcode, state) => {
    const world = given();
    world.answer = errcode === undefined ? undefined : refused(errcode);
    const permission = await world.process();
    expect(permission.state).toBe('unknown'); // the start did not wait
    await world.clock.advance(200);
    expect(permission.state).toBe(state);
    await permission.settled();
  });

  test('when ten processes start together, then one asks and all know within a second', async () => {
    const world = given();
    const processes = await Promise.all(Array.from({ length: 10 }, () => world.process()));
    await world.clock.advance(1_300);
    expect(processes.map(({ state }) => state)).toEqual(processes.map(() => 'granted'));
    expect(world.asked).toBe(1);
  });

  test('when the one that asks dies, then another asks after its lease', async () => {
    const world = given();
    world.dies = true;
    await world.process();
    await world.clock.advance(100);
    world.dies = false;
    const other = await world.process();
    await world.clock.advance(29_000);
    expect([other.state, world.asked]).toEqual(['unknown', 1]);
    await world.clock.advance(3_000);
    expect([other.state, world.asked]).toEqual(['granted', 2]);
  });

  test('when WeChat cannot be reached, then it is asked again, more and more seldom, with one warning; a delivery waits three seconds at most', async () => {
    const world = given();
    world.answer = unreachable();
    const permission = await world.process();
    await world.clock.advance(3_000);
    await permission.settled();
    await world.clock.advance(HOUR);
    expect(permission.state).toBe('unknown');
    expect(world.asked).toBeGreaterThan(10);
    expect(world.asked).toBeLessThan(25);
    expect(world.log.lines.filter(({ message }) => /could not be asked/.test(message))).toHaveLength(
      world.asked,
    );
    expect(world.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    world.answer = refused(48001);
    await world.clock.advance(301_000);
    expect(permission.state).toBe('denied');
  });

  test('when the store is away, then each process learns it for itself', async () => {
    const world = given();
    world.isStoreAway = true;
    const permission = await world.process();
    await world.clock.advance(200);
    expect(permission.state).toBe('granted');
  });
});

describe('given an account of which it is known', () => {
  async function known(errcode: number) {
    const world = given();
    world.answer = refused(errcode);
    const first = await world.process();
    await world.clock.advance(200);
    return { world, first };
  }

  test('when a process starts, then it knows at once, and asks all the same unless that was within a minute', async () => {
    const { world, first } = await known(48001);
    const second = await world.process();
    expect(second.state).toBe('denied');
    await second.settled();
    await world.clock.advance(1_000);
    expect(world.asked).toBe(1);
    await world.clock.advance(60_000);
    world.answer = refused(40003); // it was verified meanwhile
    const third = await world.process();
    await world.clock.advance(200);
    expect(third.state).toBe('granted');
    await world.clock.advance(30_000);
    expect([first.state, second.state]).toEqual(['granted', 'granted']);
    expect(world.asked).toBe(2);
  });

  test('when days pass, then it is asked once a day, and what was known stands while WeChat is out of reach', async () => {
    const { world, first } = await known(40003);
    await world.clock.advance(23 * HOUR);
    expect(world.asked).toBe(1);
    world.answer = unreachable();
    await world.clock.advance(2 * HOUR);
    expect(world.asked).toBeGreaterThan(1);
    expect(first.state).toBe('granted');
    world.answer = refused(48001);
    await world.clock.advance(HOUR);
    expect(first.state).toBe('denied');
  });

  test('when a message is refused for want of the right, then all processes know', async () => {
    const { world, first } = await known(40003);
    const second = await world.process();
    await first.denied();
    expect(first.state).toBe('denied');
    await world.clock.advance(30_000);
    expect(second.state).toBe('denied');
    expect(world.asked).toBe(1);
  });

  test('when the store forgets everything, then what is known stands and is asked anew', async () => {
    const { world, first } = await known(48001);
    world.store.flush();
    await world.clock.advance(30_200);
    expect(first.state).toBe('denied');
    expect(world.asked).toBe(2);
    expect((await world.process()).state).toBe('denied');
  });
});

describe('given an account that may not send, as far as anybody knows', () => {
  test('when the question is wanted again, then WeChat is asked at once, and its answer counts', async () => {
    const world = given();
    world.answer = refused(48001);
    const permission = await world.process();
    await world.clock.advance(1_000);
    world.answer = refused(40003);
    const again = permission.askAgain();
    await world.clock.advance(200);
    await again;
    expect([permission.state, world.asked]).toEqual(['granted', 2]);
  });
});
