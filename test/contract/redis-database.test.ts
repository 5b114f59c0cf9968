import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRedisStore } from '../../src/adapters/redis/redis-adapters.js';
import { eventually } from '../support/time/eventually.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { RedisServer } from '../support/processes/redis-server.js';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start({ fsync: 'no' });
});
afterAll(() => server.stop());

/** Returns the warnings at the start with this path in the URL. */
async function warningsFor(path: string): Promise<string[]> {
  const log = captureLog();
  const store = createRedisStore({ url: `${server.url}${path}`, log, timeoutMs: 30_000 });
  await store.ready(30_000);
  const heard = () => log.lines.map(({ message }) => message);
  if (path === '/99') await eventually(() => expect(heard()).toHaveLength(1));
  // Only a round trip later all has been asked.
  else await store.get('any', 0);
  await store.close();
  return heard();
}

describe('given a REDIS_URL that names a database', () => {
  test.each(['', '/', '/0', '/3'])('when it is "%s", then there is nothing to say', async (path) => {
    expect(await warningsFor(path)).toEqual([]);
  });

  test('when this Redis does not have it, then one warning says so, and what to do', async () => {
    expect(await warningsFor('/99')).toEqual([expect.stringMatching(/REDIS_URL.*99.*database 0/)]);
  });
});
