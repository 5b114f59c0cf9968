import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { watchSettings } from '../../src/adapters/redis/redis-settings.js';
import { eventually, pass } from '../support/time/eventually.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { RedisServer } from '../support/processes/redis-server.js';

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
    const settings = watchSettings(client, log, 50);
    const warnings = () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    const evicts = expect.stringContaining('maxmemory-policy allkeys-lru');
    await pass(200);
    expect(warnings()).toEqual([]);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await eventually(() => expect(warnings()).toEqual([evicts]));
    expect(settings.evicts()).toBe(true);
    await pass(200);
    expect(warnings()).toHaveLength(1);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await eventually(() => expect(settings.evicts()).toBe(false));
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await eventually(() => expect(warnings()).toEqual([evicts, evicts]));
    settings.stop();
  });
});
