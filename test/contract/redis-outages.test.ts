import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createBullQueue,
  createRedisStore,
  type BullQueue,
  type RedisStateStore,
} from '../../src/adapters/redis/redis-adapters.js';
import { systemClock } from '../../src/ports/clock.js';
import { QueueUnavailable, type DeferredJob } from '../../src/ports/deferred-queue.js';
import { silentLogger, type Logger } from '../../src/ports/logger.js';
import { StoreUnavailable } from '../../src/ports/state-store.js';
import { eventually, pass } from '../support/time/eventually.js';
import { RedisServer } from '../support/processes/redis-server.js';

const NOW = Date.UTC(2026, 0, 1);
const claimOf = (key: string) => ({ key, owner: 'p1', nowMs: NOW, ttlMs: 60_000 });
const job = (id: string): DeferredJob => ({
  id,
  appId: 'wx1',
  pushId: id,
  user: 'o-user',
  push: '<xml/>',
  receivedAtMs: NOW,
  handler: 'slow',
  reason: 'overrun',
});

/** How it ended and how long that took. */
async function timed(promise: Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startMs = performance.now();
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - startMs };
}

/** Keeps what an operator would read: the reason, else the sentence. */
class RecordingLogger implements Logger {
  readonly lines: string[] = [];
  debug(): void {}
  info(_fields: object, message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(fields: object, message: string): void {
    this.lines.push(`warn ${'reason' in fields ? String(fields.reason) : message}`);
  }
  error(_fields: object, message: string): void {
    this.lines.push(`error ${message}`);
  }
  child(): Logger {
    return this;
  }
}

describe('given store and queue on one Redis', () => {
  let server: RedisServer;
  let store: RedisStateStore;
  let queue: BullQueue;
  let log: RecordingLogger;
  beforeEach(async () => {
    server = await RedisServer.prepare();
    log = new RecordingLogger();
    store = createRedisStore({ url: server.url, log });
    queue = createBullQueue({ url: server.url, log: silentLogger, clock: systemClock });
  });
  afterEach(async () => {
    await queue.close();
    await store.close();
    await server.stop();
  });
  const bothReady = async () =>
    expect([await store.ready(30_000), await queue.ready(5000)]).toEqual([true, true]);

  test('when Redis starts after them, then they refuse at once until then and work from then on', async () => {
    expect(await timed(store.claim(claimOf('early')))).toMatchObject({ error: expect.any(StoreUnavailable) });
    expect((await timed(queue.put(job('early')))).error).toBeInstanceOf(QueueUnavailable);
    const worked: string[] = [];
    queue.consume(async ({ id }) => {
      worked.push(id);
      return { type: 'done' };
    });
    expect(await store.ready(10)).toBe(false);
    await server.start();
    await bothReady();
    expect((await store.claim(claimOf('early'))).type).toBe('claimed');
    await queue.put(job('late'));
    await eventually(() => expect(worked).toEqual(['late']));
  });

  test('when Redis is killed, then they refuse at once; when it is back, then all accepted things are there', async () => {
    await server.start();
    await bothReady();
    await store.claim(claimOf('before'));
    await queue.put(job('before'));
    await server.kill();
    for (let round = 0; round < 3; round += 1) {
      const claim = await timed(store.claim(claimOf(`during ${round}`)));
      const put = await timed(queue.put(job(`during-${round}`)));
      expect(claim.error).toBeInstanceOf(StoreUnavailable);
      expect(put.error).toBeInstanceOf(QueueUnavailable);
      expect(Math.max(claim.ms, put.ms)).toBeLessThan(100);
    }
    await server.start();
    await bothReady();
    expect((await store.claim(claimOf('before'))).type).toBe('known');
    expect((await store.claim(claimOf('after'))).type).toBe('claimed');
    await queue.put(job('after'));
    expect(await queue.size()).toBe(2);
    expect(await queue.remove('before')).toBe(true);
  });

  test('when Redis hangs, then they give up within their time; when it goes on, then they work at once', async () => {
    await server.start();
    await bothReady();
    await queue.put(job('before'));
    server.freeze();
    const claims = Array.from({ length: 20 }, (_, index) => timed(store.claim(claimOf(`frozen ${index}`))));
    const puts = Array.from({ length: 20 }, (_, index) => timed(queue.put(job(`frozen-${index}`))));
    for (const { error, ms } of await Promise.all(claims)) {
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect(ms).toBeGreaterThan(350);
      expect(ms).toBeLessThan(600);
    }
    for (const { error, ms } of await Promise.all(puts)) {
      expect(error).toBeInstanceOf(QueueUnavailable);
      expect(ms).toBeLessThan(1000);
    }
    // By now the connections count as lost, and nothing waits any more.
    await eventually(async () => expect((await timed(store.claim(claimOf('still')))).ms).toBeLessThan(50));
    server.thaw();
    await bothReady();
    expect((await store.claim(claimOf('thawed'))).type).toBe('claimed');
    await queue.put(job('thawed'));
    expect(await queue.remove('thawed')).toBe(true);
  });

  test('when Redis is unavailable for many reconnections, then the log has one line at the start and one at the end', async () => {
    await server.start();
    await bothReady();
    log.lines.length = 0;
    await server.kill();
    await eventually(() => expect(log.lines).toContain('warn ECONNREFUSED'));
    await pass(1000);
    await server.start();
    await bothReady();
    // A killed peer closes or resets, as the kernel likes.
    const gone = log.lines[0] === 'warn ECONNRESET' ? 'warn ECONNRESET' : 'warn closed';
    expect(log.lines).toEqual([gone, 'warn ECONNREFUSED', 'info connection restored: Redis is back']);
  });

  test('when Redis hangs for a moment only, then the answers still come', async () => {
    await server.start();
    await bothReady();
    server.freeze();
    const claim = store.claim(claimOf('slow'));
    const put = queue.put(job('slow'));
    setTimeout(() => server.thaw(), 100);
    expect((await claim).type).toBe('claimed');
    await put;
  });

  test('when Redis was away while a worker waited, then it goes on with what comes after', async () => {
    await server.start();
    await bothReady();
    const worked: string[] = [];
    queue.consume(async ({ id }) => {
      worked.push(id);
      return { type: 'done' };
    });
    await queue.put(job('one'));
    await eventually(() => expect(worked).toEqual(['one']));
    await server.kill();
    await server.start();
    await bothReady();
    await queue.put(job('two'));
    await eventually(() => expect(worked).toEqual(['one', 'two']));
  });

  test('when Redis is away, then closing takes no time to speak of', async () => {
    queue.consume(async () => ({ type: 'done' }));
    const { error, ms } = await timed(queue.close());
    expect(error).toBeUndefined();
    expect(ms).toBeLessThan(2000);
  });

  test('when Redis hangs while jobs are worked on, then closing is over soon all the same', async () => {
    await server.start();
    await bothReady();
    let taken = 0;
    queue.consume(() => {
      taken += 1;
      return new Promise(() => {});
    });
    await queue.put(job('one'));
    await eventually(() => expect(taken).toBe(1));
    server.freeze();
    const { error, ms } = await timed(queue.close());
    expect(error).toBeUndefined();
    expect(ms).toBeLessThan(4000);
  });

  test('when two processes share it, then one claims and the other sees the record and the living owner', async () => {
    await server.start();
    await bothReady();
    const other = createRedisStore({ url: server.url, log: silentLogger });
    await other.ready(30_000);
    try {
      await store.heartbeat('p1', NOW + 2000);
      const keys = Array.from({ length: 40 }, (_, index) => `push ${index}`);
      for (const key of keys) {
        const results = await Promise.all([
          store.claim(claimOf(key)),
          other.claim({ ...claimOf(key), owner: 'p2' }),
        ]);
        expect(results.map(({ type }) => type).sort()).toEqual(['claimed', 'known']);
        const known = results.find(({ type }) => type === 'known');
        if (known?.type !== 'known') throw new Error('unexpected');
        expect(known.ownerAlive).toBe(known.stored.record.owner === 'p1');
      }
    } finally {
      await other.close();
    }
  });

  test('when Redis refuses a command, then the error names the refusal and never what was written', async () => {
    await server.start();
    await bothReady();
    const secret = 'what the user wrote';
    const burying = store.putDeadLetter({
      id: 'a',
      appId: 'wx1',
      pushId: 'a',
      user: 'u',
      kind: 'k',
      handler: 'h',
      reason: 'r',
      detail: '',
      atMs: Number.NaN,
      runs: 1,
      push: secret,
      messages: [],
    });
    const { error } = await timed(burying);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
    expect(String(error)).toContain('ERR');
  });
});
