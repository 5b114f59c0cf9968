import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround } from '../support/processes/server-process.js';
import { Traffic } from '../support/proof/traffic.js';

const KILLS = 5;

describe('given a built server on Redis, and followers who go on typing', () => {
  let redis: RedisServer;
  let api: FakeWechatApi;
  let ground: ServerGround;
  beforeEach(async () => {
    api = await startFakeWechatApi();
    redis = await RedisServer.start({ fsync: 'no' });
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REDIS_URL: redis.url,
      REPLY_DEADLINE_MS: '700',
    });
  });
  afterEach(async () => {
    await ground.clear();
    await redis.stop();
    await api.close();
  });

  test(`when it is killed ${KILLS} times at any moment, then nothing accepted is lost or answered twice`, async () => {
    api.delayMs = 50;
    let server = await ground.start();
    const traffic = new Traffic(api, () => server.url);
    traffic.start(40);
    for (let kills = 0; kills < KILLS; kills += 1) {
      await pass(randomInt(200, 2_500));
      await server.kill();
      server = await ground.start();
    }
    await traffic.stop();
    await eventually(async () => expect((await traffic.ends(server)).lost).toEqual([]), 60_000);
    await eventually(async () => expect(await server.waitingJobs()).toBe(0), 60_000);
    const ends = await traffic.ends(server);
    expect(ends.twice).toEqual([]);
    expect(ends.accepted).toBeGreaterThan(KILLS * 10);
    expect(ends.delivered).toBeGreaterThan(ends.accepted / 2);
    // The one thing that a crash may leave open: a message on its way.
    expect(ends.dead.filter((reason) => reason !== 'unknown')).toEqual([]);
  }, 240_000);
});
