import { afterAll, beforeAll, describe } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { createBullQueue, createRedisStore } from '../../src/adapters/redis/redis-adapters.js';
import { openFallback } from '../../src/adapters/fallback/fallback.js';
import { systemClock, type Clock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import { StoreUnavailable, type StateStore } from '../../src/ports/state-store.js';
import { ManualClock } from '../support/time/manual-clock.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { deferredQueueContract } from './deferred-queue.contract.js';
import { stateStoreContract } from './state-store.contract.js';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start({ fsync: 'no' });
});
afterAll(() => server.stop());

let grounds = 0;
/** Nobody listens there. */
const NOWHERE = 'redis://127.0.0.1:1';

async function openGround(url: string, clock: Clock) {
  const dir = await mkdtemp(join(tmpdir(), 'wechat-spill-'));
  const prefix = `{wechat-${(grounds += 1)}}`;
  const open = async () => {
    const options = { url, log: silentLogger, clock, prefix };
    const store = createRedisStore({ ...options, timeoutMs: 5_000 });
    const queue = createBullQueue({ ...options, timeoutMs: 5_000 });
    if (url !== NOWHERE) await Promise.all([store.ready(30_000), queue.ready(5_000)]);
    return openFallback({
      remote: {
        store,
        queue,
        async close() {
          await queue.close();
          await store.close();
        },
      },
      dir,
      openLocal: (folder) => openFileAdapters({ dir: folder, clock, log: silentLogger }),
      clock,
      log: silentLogger,
      journalTimeoutMs: 5_000,
    });
  };
  let spillOver = await open();
  return {
    store: spillOver.store,
    queue: spillOver.queue,
    async reopen() {
      await spillOver.close();
      spillOver = await open();
      return spillOver;
    },
    async close() {
      await spillOver.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

// The contract's moments lie around this time, and none of it may pass by itself.
const still = () => new ManualClock(Date.UTC(2026, 0, 1));

describe('Redis there', () => {
  stateStoreContract('the fallback', async () => {
    const ground = await openGround(server.url, still());
    return { ...ground, reopen: async () => (await ground.reopen()).store };
  });
  deferredQueueContract('the fallback', async () => {
    const ground = await openGround(server.url, systemClock);
    return { ...ground, reopen: async () => (await ground.reopen()).queue };
  });
});

/**
 * Adapts the fallback to the contract in an outage. The port allows it to refuse a heartbeat that no other process can
 * see, although it counts here, and the takeover of a record that may be in Redis.
 */
function lenient(store: StateStore): StateStore {
  return {
    claim: (request) => store.claim(request),
    swap: (request) =>
      store.swap(request).catch((error: unknown) => {
        unlessAway(error);
        return { swapped: false, stored: undefined };
      }),
    read: (key, nowMs) => store.read(key, nowMs).catch(unlessAway),
    predecessor: (sender, key, nowMs) => store.predecessor(sender, key, nowMs),
    sendQuota: (change) => store.sendQuota(change),
    tryAcquireRate: (request) => store.tryAcquireRate(request),
    heartbeat: (owner, untilMs) => store.heartbeat(owner, untilMs).catch(unlessAway),
    get: (name, nowMs) => store.get(name, nowMs),
    compareAndSet: (change) => store.compareAndSet(change),
    putDeadLetter: (letter) => store.putDeadLetter(letter),
    deadLetters: (limit) => store.deadLetters(limit),
    countDeadLetters: () => store.countDeadLetters(),
    deadLetter: (id) => store.deadLetter(id).catch(unlessAway),
    deleteDeadLetter: (id) =>
      store.deleteDeadLetter(id).then(
        (dropped) => dropped,
        (error: unknown) => unlessAway(error) ?? false,
      ),
    close: () => store.close(),
  };
}

function unlessAway(error: unknown): undefined {
  if (!(error instanceof StoreUnavailable)) throw error;
  return undefined;
}

describe('Redis absent', () => {
  stateStoreContract('the fallback', async () => {
    const ground = await openGround(NOWHERE, still());
    const reopen = async () => lenient((await ground.reopen()).store);
    return { ...ground, store: lenient(ground.store), reopen };
  });
  deferredQueueContract('the fallback', async () => {
    const ground = await openGround(NOWHERE, systemClock);
    return { ...ground, reopen: async () => (await ground.reopen()).queue };
  });
});
