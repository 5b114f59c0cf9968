import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRedisStore } from '../../src/adapters/redis/redis-adapters.js';
import { createProcessList } from '../../src/operations/process-list.js';
import { systemClock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { eventually } from '../support/time/eventually.js';

const PATIENCE_MS = 30_000;

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start({ fsync: 'no' });
});
afterAll(() => server.stop());

describe('given processes on one Redis', () => {
  test('when they enter themselves at once, then each knows all of them, and nobody is lost', async () => {
    const names = Array.from({ length: 5 }, (_, n) => `process-${n}`);
    const stores = names.map(() =>
      createRedisStore({ url: server.url, log: silentLogger, prefix: '{wechat}', timeoutMs: PATIENCE_MS }),
    );
    await Promise.all(stores.map((store) => store.ready(PATIENCE_MS)));
    const lists = names.map((id, n) => {
      const store = stores[n];
      if (store === undefined) throw new RangeError('a store for each process');
      const self = { id, role: 'all', version: '1.2.3' } as const;
      return createProcessList({ self, isShared: true, store, clock: systemClock });
    });
    for (const list of lists) list.start();
    for (const list of lists)
      await eventually(async () => expect((await list.read()).map(({ id }) => id).sort()).toEqual(names));
    await lists[0]?.stop();
    expect((await lists[1]?.read())?.map(({ id }) => id).sort()).toEqual(names.slice(1));
    await Promise.all(lists.map((list) => list.stop()));
    await Promise.all(stores.map((store) => store.close()));
  });
});
