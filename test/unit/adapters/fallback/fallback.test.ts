import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import {
  openFallback,
  type LocalAdapters,
  type Fallback,
} from '../../../../src/adapters/fallback/fallback.js';
import { QueueUnavailable, type DeferredJob } from '../../../../src/ports/deferred-queue.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { StoreUnavailable, type DeadLetter, type PushRecord } from '../../../../src/ports/state-store.js';
import { eventually } from '../../../support/time/eventually.js';
import { FlakyRemote, type Mood } from '../../../support/storage/flaky-adapters.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

const KEEP_MS = 600_000;
const PROBE_MS = 300;
const RECOVERY_MS = 3_000;
const RUNNING: PushRecord = { state: 'running', owner: 'me', fence: 1, attempt: 1 };
const ADOPTED: PushRecord = { ...RUNNING, state: 'adopted' };
const FINISHED: PushRecord = {
  ...ADOPTED,
  owner: '',
  messages: [{ msgtype: 'text', text: { content: 'hi' } }],
  sent: 0,
};
const ANSWERED: PushRecord = { ...RUNNING, state: 'answered' };
const TAKING: PushRecord = { ...FINISHED, state: 'taking', owner: 'me', fence: 2 };

let clock: ManualClock;
let remote: FlakyRemote;
let dir: string;
let opened: Fallback[];
beforeEach(async () => {
  clock = new ManualClock();
  remote = new FlakyRemote();
  dir = await mkdtemp(join(tmpdir(), 'wechat-spill-'));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await rm(dir, { recursive: true, force: true });
});

const openJournal = (folder: string) => openFileAdapters({ dir: folder, clock, log: silentLogger });

async function open(openLocal: (folder: string) => Promise<LocalAdapters> = openJournal): Promise<Fallback> {
  const one = await openFallback({ remote, dir, openLocal, clock, log: silentLogger });
  opened.push(one);
  // Its own start looks for work of others first; the journal's files take real time.
  await one.store.heartbeat('me', clock.now() + 2_000).catch(() => undefined);
  return one;
}

async function close(one: Fallback): Promise<void> {
  opened.splice(opened.indexOf(one), 1);
  await one.close();
}

const keyOf = (id: string): string => `wx1:push:${id}`;
const claim = (
  one: Fallback,
  id = 'p1',
  more: { owner?: string; replayGuard?: { key: string; fingerprint: string } } = {},
) => one.store.claim({ key: keyOf(id), owner: 'me', nowMs: clock.now(), ttlMs: KEEP_MS, ...more });
const swap = (one: Fallback, rev: number, next: PushRecord, id = 'p1', xml?: string) =>
  one.store.swap({
    key: keyOf(id),
    rev,
    next,
    nowMs: clock.now(),
    ttlMs: KEEP_MS,
    durable: true,
    ...(xml === undefined ? {} : { body: { xml, ttlMs: 60_000 } }),
  });
const job = (id: string): DeferredJob => ({
  id,
  appId: 'wx1',
  pushId: id,
  user: 'o-user',
  push: '<xml/>',
  receivedAtMs: 0,
  handler: 'slow',
  reason: 'overrun',
});
const inRedis = async (id = 'p1') => (await remote.kept.read(keyOf(id), clock.now()))?.stored.record;

/** Redis answers again, and what the journal took is at home. */
async function comeBack(one: Fallback): Promise<void> {
  remote.mood = 'up';
  await clock.advance(PROBE_MS);
  await eventually(async () => {
    await clock.advance(PROBE_MS);
    expect(one.degraded()).toBe(false);
  });
}

describe('given Redis with a journal behind it', () => {
  test('when Redis answers, then everything is there and nothing is here', async () => {
    const one = await open();
    expect((await claim(one)).type).toBe('claimed');
    expect((await swap(one, 1, ADOPTED)).swapped).toBe(true);
    await one.queue.put(job('p1'));
    expect([await inRedis(), remote.jobs.size, one.degraded()]).toEqual([ADOPTED, 1, false]);
  });

  test.each<Mood>(['away', 'deaf', 'mute'])(
    'when Redis is %s, then a push is claimed here, once, and its record comes home',
    async (mood) => {
      const one = await open();
      remote.mood = mood;
      const claims = await Promise.all([claim(one), claim(one), claim(one)]);
      expect(claims.map(({ type }) => type).sort()).toEqual(['claimed', 'known', 'known']);
      expect(one.degraded()).toBe(true);
      expect((await swap(one, 1, ADOPTED)).swapped).toBe(true);
      expect(await one.store.read(keyOf('p1'), clock.now())).toMatchObject({ stored: { record: ADOPTED } });
      await comeBack(one);
      expect(await inRedis()).toEqual(ADOPTED);
      expect(await claim(one)).toMatchObject({ type: 'known', stored: { record: ADOPTED } });
    },
  );

  test.each<Mood>(['away', 'deaf', 'mute'])(
    'when Redis is %s in the middle of a run, then the run goes on from here and ends there',
    async (mood) => {
      const one = await open();
      await claim(one);
      remote.mood = mood;
      const swaps = await Promise.all([swap(one, 1, ADOPTED), swap(one, 1, ANSWERED)]);
      expect(swaps.filter(({ swapped }) => swapped)).toHaveLength(1);
      const { stored } = swaps[1] ?? {};
      expect(stored).toEqual(swaps[0]?.stored);
      expect((await swap(one, stored?.rev ?? 0, FINISHED)).swapped).toBe(true);
      await comeBack(one);
      expect(await inRedis()).toEqual(FINISHED);
    },
  );

  test('when Redis answers one caller after another has gone on from here, then that one loses', async () => {
    const one = await open();
    await claim(one);
    let letAnswer = (): void => {};
    remote.holdAnswers = new Promise((resolve) => (letAnswer = resolve));
    const slow = swap(one, 1, ANSWERED);
    await clock.advance(0);
    remote.holdAnswers = undefined;
    remote.mood = 'away';
    expect(await swap(one, 1, ADOPTED)).toMatchObject({ swapped: true });
    letAnswer();
    expect(await slow).toMatchObject({ swapped: false, stored: { record: ADOPTED } });
    await comeBack(one);
    expect(await inRedis()).toEqual(ADOPTED);
  });

  test('when Redis is away, then nobody waits for it again until a probe, and probes come every 300 ms', async () => {
    const one = await open();
    remote.mood = 'away';
    await claim(one);
    const { asked } = remote;
    await claim(one, 'p2');
    await one.queue.put(job('p2'));
    await one.store.get('token', clock.now());
    await clock.advance(PROBE_MS - 1);
    expect(remote.asked).toBe(asked);
    await clock.advance(1);
    expect(remote.asked).toBe(asked + 1);
    await clock.advance(PROBE_MS);
    expect(remote.asked).toBe(asked + 2);
    expect(one.degraded()).toBe(true);
  });

  test('when Redis is away, then nobody is told that this process lives', async () => {
    const one = await open();
    remote.mood = 'away';
    await expect(one.store.heartbeat('me', clock.now() + 2_000)).rejects.toThrow(StoreUnavailable);
    await expect(one.store.read(keyOf('unknown'), clock.now())).rejects.toThrow(StoreUnavailable);
  });

  test('when Redis returns, then records come home before jobs, and jobs oldest first', async () => {
    const one = await open();
    remote.mood = 'away';
    const ids = Array.from({ length: 150 }, (_, index) => `p${index}`);
    for (const id of ids) {
      await claim(one, id);
      await swap(one, 1, ADOPTED, id);
    }
    for (const id of ids) await one.queue.put(job(id), { notBeforeMs: clock.now() + 60_000 });
    await comeBack(one);
    const puts = remote.done.filter((step) => step.startsWith('put'));
    expect(puts).toEqual(ids.map((id) => `put ${id}`));
    const firstPut = remote.done.indexOf(puts[0] ?? '');
    expect(remote.done.slice(firstPut).filter((step) => step.startsWith('swap'))).toEqual([]);
    expect(await Promise.all(ids.map(inRedis))).toEqual(ids.map(() => ADOPTED));
    expect(remote.jobs.get('p7')?.notBeforeMs).toBeGreaterThan(clock.now());
  });

  test('when a move home is broken off, then the rest comes with the next return', async () => {
    const one = await open();
    remote.mood = 'away';
    for (const id of ['p1', 'p2']) {
      await claim(one, id);
      await swap(one, 1, ADOPTED, id);
    }
    remote.mood = 'mute';
    await clock.advance(PROBE_MS);
    expect(one.degraded()).toBe(true);
    await comeBack(one);
    expect([await inRedis('p1'), await inRedis('p2')]).toEqual([ADOPTED, ADOPTED]);
  });

  test('when a record came home, then who holds a revision from here loses with it', async () => {
    const one = await open();
    remote.mood = 'away';
    await claim(one);
    const stale = await swap(one, 1, ADOPTED);
    await swap(one, 2, FINISHED);
    await comeBack(one);
    for (const rev of [1, stale.stored?.rev ?? 0]) {
      expect(await swap(one, rev, ANSWERED)).toMatchObject({ swapped: false, stored: { record: FINISHED } });
    }
  });

  test('when another process took a push over in the meantime, then its record stands', async () => {
    const one = await open();
    await claim(one);
    remote.mood = 'away';
    await swap(one, 1, FINISHED);
    const theirs: PushRecord = { ...RUNNING, state: 'delivered', owner: '', fence: 2 };
    await remote.kept.swap({
      key: keyOf('p1'),
      rev: 1,
      next: theirs,
      nowMs: clock.now(),
      ttlMs: KEEP_MS,
      durable: true,
    });
    await comeBack(one);
    expect(await inRedis()).toEqual(theirs);
    expect(await swap(one, 2, ANSWERED)).toMatchObject({ swapped: false, stored: { record: theirs } });
  });

  test('when Redis was away, then others are not taken for dead until they had time to beat', async () => {
    const one = await open();
    await claim(one, 'p1', { owner: 'other' });
    remote.mood = 'away';
    await claim(one, 'p2');
    await comeBack(one);
    expect(await one.store.read(keyOf('p1'), clock.now())).toMatchObject({ ownerAlive: true });
    await clock.advance(3_000);
    expect(await one.store.read(keyOf('p1'), clock.now())).toMatchObject({ ownerAlive: false });
  });

  test('when a signature was used while Redis was away, then it is used up when Redis is back', async () => {
    const one = await open();
    remote.mood = 'away';
    await claim(one, 'p1', { replayGuard: { key: 'signature', fingerprint: 'push one' } });
    await comeBack(one);
    const replay = await claim(one, 'p2', { replayGuard: { key: 'signature', fingerprint: 'push two' } });
    expect(replay.type).toBe('replayed');
  });

  test('when a reply was given while Redis was away, then it is remembered there', async () => {
    const one = await open();
    remote.mood = 'away';
    await claim(one);
    await swap(one, 1, ANSWERED, 'p1', '<xml>你好</xml>');
    await comeBack(one);
    expect(await claim(one)).toMatchObject({ type: 'known', body: '<xml>你好</xml>' });
  });
});

describe('given changes that other processes must see before they count', () => {
  test('when Redis is away, then nobody can take a record that is there', async () => {
    const one = await open();
    await claim(one);
    await swap(one, 1, FINISHED);
    remote.mood = 'away';
    await expect(swap(one, 2, TAKING)).rejects.toThrow(StoreUnavailable);
    await expect(swap(one, 2, { ...RUNNING, fence: 2, attempt: 2 })).rejects.toThrow(StoreUnavailable);
    await comeBack(one);
    expect((await swap(one, 2, TAKING)).swapped).toBe(true);
  });

  test.each<Mood>(['up', 'mute', 'deaf'])(
    'when a job was put while Redis was %s and Redis goes away, then a passive answer waits for Redis',
    async (mood) => {
      const one = await open();
      await claim(one);
      remote.mood = mood;
      await one.queue.put(job('p1'));
      remote.mood = 'away';
      await expect(swap(one, 1, ANSWERED, 'p1', '<xml/>')).rejects.toThrow(StoreUnavailable);
      // At the deadline "success" is said all the same.
      expect((await swap(one, 1, ADOPTED)).swapped).toBe(true);
      expect(await swap(one, 1, ANSWERED)).toMatchObject({ swapped: false, stored: { record: ADOPTED } });
    },
  );

  test('when its job is on the way to Redis and Redis goes away, then a passive answer waits for Redis', async () => {
    const one = await open();
    await claim(one);
    let letAnswer = (): void => {};
    remote.holdAnswers = new Promise((resolve) => (letAnswer = resolve));
    const putting = one.queue.put(job('p1'));
    await clock.advance(0);
    remote.mood = 'away';
    await expect(swap(one, 1, ANSWERED, 'p1', '<xml/>')).rejects.toThrow(StoreUnavailable);
    letAnswer();
    await putting;
  });

  test('when its job is in Redis and Redis goes away, then the beginning of a long answer waits for Redis, too', async () => {
    const one = await open();
    await claim(one);
    await one.queue.put(job('p1'));
    remote.mood = 'away';
    const begun: PushRecord = { ...FINISHED, replied: true };
    await expect(swap(one, 1, begun, 'p1', '<xml/>')).rejects.toThrow(StoreUnavailable);
    await comeBack(one);
    expect((await swap(one, 1, begun, 'p1', '<xml/>')).swapped).toBe(true);
  });

  test('when nobody heard an answer that is here, then nobody takes it before Redis has it and all had time to bring back theirs', async () => {
    const one = await open();
    remote.mood = 'away';
    await claim(one);
    const unheard = { ...FINISHED, unheard: true } as const;
    await swap(one, 1, unheard);
    const taking = { ...unheard, state: 'taking', owner: 'me', fence: 2 } as const;
    await expect(swap(one, 2, taking)).rejects.toThrow(StoreUnavailable);
    await comeBack(one);
    const there = await one.store.read(keyOf('p1'), clock.now());
    const take = () => swap(one, there?.stored.rev ?? 0, taking);
    await expect(take()).rejects.toThrow(StoreUnavailable);
    await clock.advance(RECOVERY_MS);
    expect((await take()).swapped).toBe(true);
  });

  test('when the job can only be here, then a passive answer needs nobody', async () => {
    const one = await open();
    await claim(one);
    remote.mood = 'away';
    await one.queue.put(job('p1'));
    expect((await swap(one, 1, ANSWERED, 'p1', '<xml/>')).swapped).toBe(true);
    expect(await one.queue.remove('p1')).toBe(true);
  });
});

describe('given jobs and a Redis that does not take them', () => {
  test('when it certainly did not, then they are done from here while it is away', async () => {
    const one = await open();
    await claim(one);
    remote.mood = 'away';
    await one.queue.put(job('p1'));
    await swap(one, 1, FINISHED);
    const worked: string[] = [];
    one.queue.consume(async ({ id }) => {
      worked.push(id);
      return { type: 'done' };
    });
    await eventually(() => expect(worked).toEqual(['p1']));
    await comeBack(one);
    expect([worked, remote.jobs.size]).toEqual([['p1'], 0]);
  });

  test.each<Mood>(['mute', 'deaf'])(
    'when it was %s, then they wait here until it has them under their id, once',
    async (mood) => {
      const one = await open();
      const worked: string[] = [];
      one.queue.consume(async ({ id }) => {
        worked.push(id);
        return { type: 'done' };
      });
      remote.mood = mood;
      await one.queue.put(job('p1'));
      await one.queue.promote('p1');
      await clock.advance(5_000);
      expect([worked, one.degraded(), await one.queue.size()]).toEqual([[], true, 1]);
      await comeBack(one);
      expect([worked, [...remote.jobs.keys()], await one.queue.size()]).toEqual([[], ['p1'], 1]);
    },
  );

  test('when the journal hangs as well, then the putter is told within 300 ms, and the job is not done later', async () => {
    const one = await open(async (folder) => {
      const journal = await openJournal(folder);
      const put = journal.queue.put.bind(journal.queue);
      journal.queue.put = (...given) => put(...given).then(() => new Promise(() => {}));
      return journal;
    });
    remote.mood = 'away';
    const putting = one.queue.put(job('p1')).catch((error: unknown) => error);
    await clock.advance(299);
    expect(await Promise.race([putting, Promise.resolve('waiting')])).toBe('waiting');
    await clock.advance(1);
    expect(await putting).toBeInstanceOf(QueueUnavailable);
    expect(await one.queue.size()).toBe(0);
  });

  test('when a record is still here, then its job stays here with it, even if Redis answers again', async () => {
    const one = await open();
    remote.mood = 'away';
    await claim(one);
    let letAnswer = (): void => {};
    remote.holdAnswers = new Promise((resolve) => (letAnswer = resolve));
    remote.mood = 'up';
    await eventually(async () => {
      await clock.advance(PROBE_MS);
      expect(remote.done).toContain(`claim ${keyOf('p1')}`);
    });
    await one.queue.put(job('p1'));
    expect(remote.done).not.toContain('put p1');
    letAnswer();
    remote.holdAnswers = undefined;
    await comeBack(one);
    expect(remote.done.slice(-1)).toEqual(['put p1']);
  });
});

describe('given a Redis that goes away again while what was kept here goes home', () => {
  test('when a push comes in between, then its job stays with its record', async () => {
    const one = await open();
    remote.mood = 'away';
    await claim(one, 'p1');
    await one.queue.put(job('p1'));
    let letAnswer = (): void => {};
    remote.holdAnswers = new Promise((resolve) => (letAnswer = resolve));
    remote.mood = 'up';
    await clock.advance(PROBE_MS);
    await eventually(() => expect(remote.done).toContain(`claim ${keyOf('p1')}`));
    // For a moment, which the move does not notice.
    remote.mood = 'away';
    await claim(one, 'p2');
    await one.queue.put(job('p2'));
    remote.mood = 'up';
    letAnswer();
    remote.holdAnswers = undefined;
    await comeBack(one);
    const order = remote.done.filter((step) => step.endsWith('p2')).map((step) => step.split(' ')[0]);
    expect([order[0], order.at(-1)]).toEqual(['claim', 'put']);
    expect(order.filter((step) => step === 'put')).toHaveLength(1);
  });

  test('when it goes while a job is on its way, then the job is kept here at once, in doubt', async () => {
    const one = await open();
    let letAnswer = (): void => {};
    remote.holdAnswers = new Promise((resolve) => (letAnswer = resolve));
    const putting = one.queue.put(job('p1'));
    await clock.advance(0);
    remote.mood = 'away';
    await claim(one, 'p2');
    await putting;
    expect(await one.queue.size()).toBe(1);
    letAnswer();
    remote.holdAnswers = undefined;
    await comeBack(one);
    expect([...remote.jobs.keys()]).toEqual(['p1']);
  });
});

describe('given what an outage leaves in the folder', () => {
  test('when this process restarts and Redis is still away, then it goes on from its journal', async () => {
    remote.mood = 'away';
    const first = await open();
    await claim(first);
    await swap(first, 1, FINISHED);
    await first.queue.put(job('p1'));
    await close(first);
    const second = await open();
    const seen: unknown[] = [];
    second.queue.consume(async ({ id }) => {
      seen.push(id, (await second.store.read(keyOf(id), clock.now()))?.stored.record);
      return { type: 'done' };
    });
    await eventually(() => expect(seen).toEqual(['p1', FINISHED]));
  });

  test('when this process restarts and Redis is back, then its work comes home at once', async () => {
    remote.mood = 'away';
    const first = await open();
    await claim(first);
    await swap(first, 1, FINISHED);
    await first.queue.put(job('p1'));
    await close(first);
    remote.mood = 'up';
    const second = await open();
    await eventually(() => expect(second.degraded()).toBe(false));
    expect([await inRedis(), [...remote.jobs.keys()]]).toEqual([FINISHED, ['p1']]);
  });

  test('when another process left work and is gone, then it comes home too, and what it goes on holding does not', async () => {
    const one = await open();
    const other = await open();
    remote.mood = 'away';
    await claim(other, 'p1', { owner: 'other' });
    await swap(other, 1, FINISHED);
    await other.queue.put(job('p1'));
    await other.store.putDeadLetter(letter('a', 1));
    remote.mood = 'up';
    // The other one has not noticed yet. It goes, and only then does this one look.
    await clock.advance(200);
    expect(remote.jobs.size).toBe(0);
    await close(other);
    await eventually(async () => {
      await clock.advance(10_000);
      expect([await inRedis(), [...remote.jobs.keys()]]).toEqual([FINISHED, ['p1']]);
    });
    expect(await one.store.deadLetters(10)).toHaveLength(1);
  });

  test('when a letter is renewed here while it moves to Redis, then the newer one follows', async () => {
    const one = await open();
    remote.mood = 'away';
    await one.store.putDeadLetter(letter('a', 1));
    let answer = (): void => undefined;
    remote.holdAnswers = new Promise((resolve) => (answer = resolve));
    remote.mood = 'up';
    await clock.advance(PROBE_MS);
    await eventually(() => expect(remote.done).toEqual(['put dead letter a']));
    // Redis goes away once more before it has answered.
    remote.mood = 'away';
    await one.store.putDeadLetter(letter('a', 2));
    remote.holdAnswers = undefined;
    answer();
    await comeBack(one);
    await eventually(async () => {
      await clock.advance(PROBE_MS);
      expect(await remote.kept.deadLetters(10)).toEqual([letter('a', 2)]);
    });
  });

  test('when letters move to Redis, then each is counted once at every moment', async () => {
    const one = await open();
    remote.mood = 'away';
    await one.store.putDeadLetter(letter('a', 1));
    await one.store.putDeadLetter(letter('b', 2));
    expect(await one.store.countDeadLetters()).toBe(2);
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const { store } = remote;
    const put = store.putDeadLetter.bind(store);
    store.putDeadLetter = (moved) => (moved.id === 'b' ? held.then(() => put(moved)) : put(moved));
    remote.mood = 'up';
    await clock.advance(PROBE_MS);
    // One of them is in both places: the other is on its way.
    await eventually(async () => expect(await remote.kept.countDeadLetters()).toBe(1));
    expect(await one.store.countDeadLetters()).toBe(2);
    goOn();
    await eventually(async () => expect(await remote.kept.countDeadLetters()).toBe(2));
    expect(await one.store.countDeadLetters()).toBe(2);
  });

  test('when letters were stored here, then they go home once and are listed once', async () => {
    const one = await open();
    remote.mood = 'away';
    await one.store.putDeadLetter(letter('a', 1));
    await one.store.putDeadLetter(letter('b', 2));
    expect((await one.store.deadLetters(10)).map(({ id }) => id)).toEqual(['b', 'a']);
    await comeBack(one);
    await eventually(() => expect(remote.done).toEqual(['put dead letter a', 'put dead letter b']));
    await clock.advance(60_000);
    expect(remote.done).toEqual(['put dead letter a', 'put dead letter b']);
    expect((await one.store.deadLetters(10)).map(({ id }) => id)).toEqual(['b', 'a']);
  });
});

const letter = (id: string, atMs: number): DeadLetter => ({
  id,
  appId: 'wx1',
  pushId: id,
  user: 'o-user',
  kind: 'message.text',
  handler: 'slow',
  reason: 'unknown',
  detail: '',
  atMs,
  runs: 1,
  push: '<xml/>',
  messages: [],
});
