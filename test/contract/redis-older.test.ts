import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openRedisAdapters, type RedisAdapters } from '../../src/adapters/redis/redis-adapters.js';
import type { DeferredJob } from '../../src/ports/deferred-queue.js';
import { silentLogger } from '../../src/ports/logger.js';
import { decodeRecord } from '../../src/push-record/codec.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { eventually } from '../support/time/eventually.js';
import { ANN, SHARED_RECORDS, WRITTEN_MS, key, texts } from '../support/storage/format-3.js';
import { ManualClock } from '../support/time/manual-clock.js';

/** Data that the build of commit fa5d77e stored under a given clock, as the commands that restore it. */
const COMMANDS: readonly (readonly [string, ...string[]])[] = JSON.parse(
  readFileSync('test/support/storage/redis/format-3.json', 'utf8'),
);

describe('given a Redis that the build of journal format 3 filled', () => {
  const clock = new ManualClock(WRITTEN_MS + 500);
  let server: RedisServer;
  let client: Redis;
  let redis: RedisAdapters;
  beforeAll(async () => {
    server = await RedisServer.start({ fsync: 'no' });
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await client.flushall();
    for (const [name, ...args] of COMMANDS) await client.call(name, ...args);
    redis = openRedisAdapters({ url: server.url, clock, log: silentLogger });
    await redis.ready(30_000);
  });
  afterEach(() => redis.close());

  test.each([
    ...SHARED_RECORDS,
    ['running', { state: 'running', owner: 'p1' }],
    ['released', { state: 'released' }],
    ['ready', { state: 'ready' }],
    [
      'queued',
      {
        state: 'queued',
        replied: true,
        intent: 1,
        retries: { failures: 2, waits: 1 },
        work: { type: 'messages', sent: 1, messages: texts('one', 'two', 'three') },
      },
    ],
    ['queued-task', { state: 'queued', work: { type: 'task', handler: 'weather', task: { city: '北京' } } }],
    ['mailbox-1', { state: 'inMailbox', replied: true, messages: texts('kept one') }],
    ['dead', { state: 'dead', reason: 'busy' }],
  ])('when the record "%s" is read, then it says what it said', async (id, record) => {
    const seen = await redis.store.read(key(id), clock.now());
    expect(seen && decodeRecord(seen.stored.record)).toMatchObject(record);
  });

  test('when its record is changed, then that goes on from what was stored', async () => {
    const seen = await redis.store.read(key('answered'), clock.now());
    expect(seen?.body).toBe('<xml>hi</xml>');
    const { rev = 0, record } = seen?.stored ?? {};
    const swap = { key: key('answered'), rev, nowMs: clock.now(), ttlMs: 60_000, durable: true };
    expect(await redis.store.swap({ ...swap, next: record! })).toMatchObject({ swapped: true });
  });

  test('when the user writes again, then the mailbox is handed out, and the lane is in its order', async () => {
    const claim = { owner: 'p2', nowMs: clock.now(), ttlMs: 60_000, sender: ANN, readMailbox: true } as const;
    const claimed = await redis.store.claim({ ...claim, key: key('new') });
    expect(claimed.type === 'claimed' && claimed.mailbox?.map((entry) => entry.key)).toEqual([
      key('mailbox-1'),
      key('mailbox-2'),
    ]);
    expect(await redis.store.predecessor(ANN, key('new'), clock.now())).toMatchObject({ key: key('lane-1') });
  });

  test('when the send quota is read, then what was spent and revoked is known', async () => {
    const nowMs = clock.now();
    expect(await redis.store.sendQuota({ sender: ANN, nowMs })).toMatchObject({ left: 4 });
    for (const _ of [1, 2]) await redis.store.sendQuota({ sender: ANN, nowMs, change: 'refund' });
    expect(await redis.store.sendQuota({ sender: ANN, nowMs })).toMatchObject({ left: 5 });
    expect(await redis.store.sendQuota({ sender: 'wx1:bob', nowMs })).toMatchObject({ left: 0 });
  });

  test('when a signature comes for another push, then it is a replay, and values are what they were', async () => {
    const replayGuard = { key: 'wx1:used:ready', fingerprint: 'another' };
    const claim = { key: key('x'), owner: 'p2', nowMs: clock.now(), ttlMs: 1_000, replayGuard };
    expect(await redis.store.claim(claim)).toEqual({ type: 'replayed' });
    expect(await redis.store.get('kept', clock.now())).toBe('a value');
  });

  test('when dead letters are listed, then they speak the words of today', async () => {
    const letters = await redis.store.deadLetters(10);
    expect(letters.toSorted((a, b) => (a.pushId < b.pushId ? -1 : 1))).toMatchObject([
      { id: 'letter-mailbox', reason: 'mailbox_expired', channel: 'mailbox', runs: 3 },
      { id: 'letter-hung', reason: 'handler_timeout', runs: 1, task: { city: '上海' } },
      { id: 'letter-sent', reason: 'window-closed', channel: 'customer-service', runs: 3, errcode: 45015 },
    ]);
  });

  test('when jobs are worked on, then all come with what they held, and none stays', async () => {
    expect(await redis.queue.counts()).toMatchObject({ inMailbox: 0 });
    const jobs = new Map<string, DeferredJob>();
    redis.queue.consume((job) => {
      jobs.set(job.id, job);
      return Promise.resolve({ type: 'done' });
    });
    await eventually(() => expect(jobs.size).toBe(3));
    expect(jobs.get('msg-overrun')).toMatchObject({ reason: 'overrun', receivedAtMs: WRITTEN_MS });
    expect(jobs.get('msg-task')).toMatchObject({ reason: 'deferred', task: { city: '广州' } });
    expect(jobs.get('msg-again.r1')).toMatchObject({
      pushId: 'msg-again',
      redrive: { sinceMs: WRITTEN_MS + 9 },
    });
    await eventually(async () => expect(await redis.queue.size()).toBe(0));
  });
});
