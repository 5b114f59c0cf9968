import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { warnOfWeakSettings } from '../../src/adapters/redis/redis-settings.js';
import { eventually, pass } from '../support/eventually.js';
import { captureLog } from '../support/handler-runtime.js';
import { RedisServer } from '../support/redis-server.js';

describe('given a Redis whose settings are changed while it runs', () => {
  let server: RedisServer;
  let client: Redis;
  beforeEach(async () => {
    server = await RedisServer.start({ fsync: 'no' });
    client = new Redis(server.url);
  });
  afterEach(async () => {
    client.disconnect();
    await server.stop();
  });

  test('when it may evict from now on, then that is warned of, once, and again where it was mended in between', async () => {
    const log = captureLog();
    const lookNoMore = warnOfWeakSettings(client, log, 50);
    const warnings = () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    const evicts = expect.stringContaining('maxmemory-policy allkeys-lru');
    await pass(200);
    expect(warnings()).toEqual([]);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await eventually(() => expect(warnings()).toEqual([evicts]));
    await pass(200);
    expect(warnings()).toHaveLength(1);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await pass(300);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await eventually(() => expect(warnings()).toEqual([evicts, evicts]));
    lookNoMore();
  });
});
