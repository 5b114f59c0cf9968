import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openRedisAdapters, type RedisAdapters } from '../../src/adapters/redis/redis-adapters.js';
import { systemClock } from '../../src/ports/clock.js';
import type { DeferredJob } from '../../src/ports/deferred-queue.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { eventually, pass } from '../support/time/eventually.js';
import { RedisServer } from '../support/processes/redis-server.js';

const job: DeferredJob = {
  id: 'msg-1',
  appId: 'wx1',
  pushId: 'msg-1',
  user: 'o-user',
  push: '<xml/>',
  receivedAtMs: 0,
  handler: 'slow',
  reason: 'deferred',
};

describe('given a Redis user without the dangerous commands, INFO among them', () => {
  let server: RedisServer;
  let adapters: RedisAdapters;
  let log: ReturnType<typeof captureLog>;
  beforeEach(async () => {
    server = await RedisServer.start({ fsync: 'no' });
    const admin = new Redis(server.url);
    await admin.acl('SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-@dangerous');
    admin.disconnect();
    log = captureLog();
    const url = server.url.replace('redis://', 'redis://app:secret@');
    adapters = openRedisAdapters({ url, clock: systemClock, log });
  });
  afterEach(async () => {
    await adapters.close();
    await server.stop();
  });

  test('when it starts, then store, queue and worker do all they are for, and the processor rests', async () => {
    expect(await adapters.ready(30_000)).toBe(true);
    const { store, queue } = adapters;
    const claim = { key: 'wx1:push:msg-1', owner: 'p1', nowMs: Date.now(), ttlMs: 60_000 };
    expect((await store.claim(claim)).type).toBe('claimed');
    const looks: number[] = [];
    const consumer = queue.consume(async () => {
      looks.push(Date.now());
      return looks.length < 3 ? { type: 'retry', afterMs: 200 } : { type: 'done' };
    });
    await queue.put(job, { notBeforeMs: Date.now() + 3_600_000 });
    await queue.promote(job.id);
    await eventually(async () => expect([looks.length, await queue.size()]).toEqual([3, 0]));
    await queue.put({ ...job, id: 'msg-2' }, { notBeforeMs: Date.now() + 3_600_000 });
    expect(await queue.remove('msg-2')).toBe(true);
    // Idle now: whoever asks again and again without end shows here.
    const before = process.cpuUsage();
    await pass(1_000);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(300);
    await consumer.stop(1_000);
    expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    expect(log.lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('INFO'));
  });
});
