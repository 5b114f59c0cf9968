import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createBullQueue, createRedisStore } from '../../src/adapters/redis/redis-adapters.js';
import { systemClock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { deferredQueueContract } from './deferred-queue.contract.js';
import { stateStoreContract } from './state-store.contract.js';

/** Of timeouts there are tests of their own: here a slow, busy machine is waited for. */
const PATIENCE_MS = 30_000;

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start({ fsync: 'no' });
});
afterAll(() => server.stop());

/** Each test has a prefix of its own: fresh ground without a fresh server. */
let grounds = 0;
const newPrefix = () => `{wechat-${(grounds += 1)}}`;

stateStoreContract('Redis', async () => {
  const prefix = newPrefix();
  const openStore = async () => {
    const store = createRedisStore({ url: server.url, log: silentLogger, prefix, timeoutMs: PATIENCE_MS });
    await store.ready(PATIENCE_MS);
    return store;
  };
  let store = await openStore();
  return {
    store,
    async reopen() {
      await store.close();
      store = await openStore();
      return store;
    },
    close: () => store.close(),
  };
});

deferredQueueContract('BullMQ', async () => {
  const prefix = newPrefix();
  const openQueue = async () => {
    const options = {
      url: server.url,
      log: silentLogger,
      clock: systemClock,
      prefix,
      timeoutMs: PATIENCE_MS,
    };
    const queue = createBullQueue(options);
    await queue.ready(PATIENCE_MS);
    return queue;
  };
  let queue = await openQueue();
  return {
    queue,
    async reopen() {
      await queue.close();
      queue = await openQueue();
      return queue;
    },
    close: () => queue.close(),
  };
});

describe('given what only the Redis adapters have to see to', () => {
  test('when a job id is one that BullMQ may refuse, then putting it is refused by us, whatever its length', async () => {
    const queue = createBullQueue({
      url: server.url,
      log: silentLogger,
      clock: systemClock,
      prefix: newPrefix(),
    });
    await queue.ready(PATIENCE_MS);
    try {
      for (const id of ['0', '12345', '9223372036854775807', 'a:b', '']) {
        const job = { id, appId: 'wx1', pushId: id, user: 'o', push: '', receivedAtMs: 0, handler: 'h' };
        await expect(queue.put({ ...job, reason: 'overrun' })).rejects.toThrow(TypeError);
      }
      expect(await queue.size()).toBe(0);
    } finally {
      await queue.close();
    }
  });

  test('when more dead letters come than are kept, then the oldest go', async () => {
    const store = createRedisStore({
      url: server.url,
      log: silentLogger,
      prefix: newPrefix(),
      timeoutMs: 15_000,
    });
    await store.ready(PATIENCE_MS);
    try {
      const letter = {
        appId: 'wx1',
        pushId: 'p',
        user: 'o',
        kind: 'k',
        handler: 'h',
        reason: 'r',
        detail: '',
      };
      const bury = (atMs: number) =>
        store.putDeadLetter({ ...letter, id: `letter-${atMs}`, atMs, runs: 1, push: '', messages: [] });
      // In bundles, so that none waits behind ten thousand others.
      for (let from = 0; from < 10_003; from += 500) {
        const bundle = Array.from({ length: Math.min(500, 10_003 - from) }, (_, index) => bury(from + index));
        await Promise.all(bundle);
      }
      const kept = await store.deadLetters(20_000);
      expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([10_000, 'letter-10002', 'letter-3']);
    } finally {
      await store.close();
    }
  });
});
