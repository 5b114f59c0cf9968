import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround } from '../support/processes/server-process.js';
import { sendAttempt, typeText } from '../support/wechat/wechat.js';

describe('given a Redis that evicted what it was to keep', () => {
  let redis: RedisServer;
  let client: Redis;
  let api: FakeWechatApi;
  let ground: ServerGround;
  beforeEach(async () => {
    api = await startFakeWechatApi();
    redis = await RedisServer.start({ fsync: 'no' });
    client = new Redis(redis.url);
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REDIS_URL: redis.url,
      REPLY_DEADLINE_MS: '700',
    });
  });
  afterEach(async () => {
    client.disconnect();
    await ground.clear();
    await redis.stop();
    await api.close();
  });

  test.each([
    ['the data of jobs', '{wechat}:late-replies:msg-*'],
    ['the data of jobs and their records', '*msg-*'],
  ])(
    'when %s are gone, then each is a dead letter with its own reason, once, and nothing waits any more',
    async (_what, pattern) => {
      const first = await ground.start();
      const texts = Array.from({ length: 5 }, (_, index) => typeText(`hang ${index}`));
      for (const said of await Promise.all(texts.map((text) => sendAttempt(first.url, text))))
        expect(said).toMatchObject({ status: 200, body: 'success' });
      await first.kill();
      const keys = await client.keys(pattern);
      expect(keys.length).toBeGreaterThanOrEqual(texts.length);
      await client.del(...keys);
      const next = await ground.start();
      await eventually(async () => expect(await next.deadLetters()).toHaveLength(texts.length), 20_000);
      expect(new Set((await next.deadLetters()).map(({ reason }) => reason))).toEqual(new Set(['job_lost']));
      await eventually(async () => expect(await next.waitingJobs()).toBe(0));
      // Nothing of it is taken up once more.
      const after = typeText('slow 900 after');
      await sendAttempt(next.url, after);
      await eventually(() => expect(api.received.map(({ openid }) => openid)).toEqual([after.user]));
      expect(await next.deadLetters()).toHaveLength(texts.length);
      const letters = next.log.filter(({ stage }) => stage === 'dead');
      expect(letters).toHaveLength(texts.length);
    },
    60_000,
  );
});
