import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { openRedisAdapters } from '../../src/adapters/redis/redis-adapters.js';
import { openFallback, type Fallback } from '../../src/adapters/fallback/fallback.js';
import { systemClock } from '../../src/ports/clock.js';
import { QueueUnavailable, type DeferredJob } from '../../src/ports/deferred-queue.js';
import { silentLogger } from '../../src/ports/logger.js';
import { StoreUnavailable, type PushRecord } from '../../src/ports/state-store.js';
import { eventually, pass } from '../support/time/eventually.js';
import { RedisServer } from '../support/processes/redis-server.js';

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

describe('given a process that claims, adopts and puts, and a Redis that goes and comes back', () => {
  let redis: RedisServer;
  let dir: string;
  let spillOver: Fallback;
  let worked: string[];
  beforeEach(async () => {
    redis = await RedisServer.start();
    dir = await mkdtemp(join(tmpdir(), 'wechat-spill-'));
    const shared = { clock: systemClock, log: silentLogger };
    const remote = openRedisAdapters({ url: redis.url, ...shared });
    await remote.ready(30_000);
    spillOver = await openFallback({
      remote,
      dir,
      openLocal: (folder) => openFileAdapters({ dir: folder, ...shared }),
      ...shared,
    });
    worked = [];
  });
  afterEach(async () => {
    await spillOver.close();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const keyOf = (id: string) => `wx1:push:${id}`;
  const swap = (id: string, rev: number, next: PushRecord) => {
    const nowMs = Date.now();
    return spillOver.store.swap({ key: keyOf(id), rev, next, nowMs, ttlMs: 600_000, durable: true });
  };

  /** Does the work of the pipeline before `success`. Undefined: the disk was too slow for it. */
  async function promise(id: string): Promise<string | undefined> {
    const claim = { key: keyOf(id), owner: 'me', nowMs: Date.now(), ttlMs: 600_000 };
    const claimed = await spillOver.store.claim(claim);
    if (claimed.type !== 'claimed') throw new Error(`${id} was known`);
    try {
      await spillOver.queue.put(job(id));
    } catch (error) {
      if (error instanceof QueueUnavailable) return undefined;
      throw error;
    }
    const { rev, record } = claimed.stored;
    expect((await swap(id, rev, { ...record, state: 'adopted', owner: '' })).swapped).toBe(true);
    return id;
  }

  /** Does the work of a worker; the record decides which one may. */
  async function work({ id }: DeferredJob): Promise<{ type: 'done' } | { type: 'retry'; afterMs: number }> {
    try {
      const seen = await spillOver.store.read(keyOf(id), Date.now());
      if (seen?.stored.record.state === 'delivered') return { type: 'done' };
      if (seen?.stored.record.state !== 'adopted') return { type: 'retry', afterMs: 50 };
      const next: PushRecord = { ...seen.stored.record, state: 'delivered', fence: 2 };
      if (!(await swap(id, seen.stored.rev, next)).swapped) return { type: 'retry', afterMs: 50 };
      worked.push(id);
      return { type: 'done' };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return { type: 'retry', afterMs: 200 };
    }
  }

  test.each([
    ['is killed', () => redis.kill(), () => redis.start()],
    ['hangs', async () => redis.freeze(), async () => redis.thaw()],
  ] as const)(
    'when it %s midway, then every promise made before, meanwhile and after is kept once',
    async (_how, goAway, comeBack) => {
      const consumer = spillOver.queue.consume(work);
      const promises: Promise<string | undefined>[] = [];
      let slowestMs = 0;
      const promiseFor = async (ms: number): Promise<void> => {
        for (const endMs = Date.now() + ms; Date.now() < endMs; await pass(5)) {
          const startMs = Date.now();
          const promised = promise(`p${promises.length}`);
          promises.push(promised);
          void promised.then(() => (slowestMs = Math.max(slowestMs, Date.now() - startMs)));
        }
      };
      await promiseFor(300);
      await goAway();
      await promiseFor(1_200);
      expect(spillOver.degraded()).toBe(true);
      await comeBack();
      await promiseFor(800);
      const ids = (await Promise.all(promises)).filter((id) => id !== undefined);
      expect(ids.length).toBeGreaterThan(promises.length / 2);
      await eventually(() => expect(new Set(worked)).toEqual(new Set(ids)));
      await eventually(() => expect(spillOver.degraded()).toBe(false));
      await eventually(async () => expect(await spillOver.queue.size()).toBe(0));
      expect(worked).toHaveLength(ids.length);
      // A claim, a put and a swap, each with Redis's time and the journal's.
      expect(slowestMs).toBeLessThan(400 + 800 + 300 + 400 + 500);
      await consumer.stop(1_000);
    },
    180_000,
  );
});
