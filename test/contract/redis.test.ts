import { afterAll, beforeAll } from '@jest/globals';
import { createBullQueue, createRedisStore } from '../../src/adapters/redis/index.js';
import { systemClock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import { RedisServer } from '../support/redis-server.js';
import { deferredQueueContract } from './deferred-queue.contract.js';
import { stateStoreContract } from './state-store.contract.js';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

/** Each test has a prefix of its own: fresh ground without a fresh server. */
let grounds = 0;
const newPrefix = () => `{wechat-${(grounds += 1)}}`;

stateStoreContract('Redis', async () => {
  const prefix = newPrefix();
  const openStore = async () => {
    const store = createRedisStore({ url: server.url, log: silentLogger, prefix, timeoutMs: 5000 });
    await store.ready(5000);
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
    const options = { url: server.url, log: silentLogger, clock: systemClock, prefix, timeoutMs: 5000 };
    const queue = createBullQueue(options);
    await queue.ready(5000);
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
