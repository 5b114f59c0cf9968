import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { heard, push, typeText } from '../support/wechat/wechat.js';

const PUSHES = 24;
/** So that each server is held up for about half of the time. */
const EVERY_MS = 600;

describe('given two built servers on a healthy Redis, whose handlers hold the event loop up', () => {
  let redis: RedisServer;
  let api: FakeWechatApi;
  let ground: ServerGround;
  let servers: ServerProcess[];
  beforeEach(async () => {
    api = await startFakeWechatApi();
    redis = await RedisServer.start({ fsync: 'no' });
    ground = await ServerGround.make({ WECHAT_API_BASE_URLS: api.url, REDIS_URL: redis.url });
    servers = await Promise.all([ground.start(), ground.start()]);
  });
  afterEach(async () => {
    await ground.clear();
    await redis.stop();
    await api.close();
  });

  test('when they defer, then each push that heard "success" is answered late, once, and Redis never counts as away', async () => {
    const kinds = ['hold 450', 'hold 620', 'hold 800'];
    const pushes: Promise<{ user: string; body: string | undefined }>[] = [];
    for (let count = 0; count < PUSHES; count += 1) {
      const text = typeText(`${kinds[count % 3]} ${count}`);
      let attempt = count;
      const where = () => servers[(attempt += 1) % 2]?.url ?? '';
      pushes.push(push(where, text, 300).then((tries) => ({ user: text.user, body: heard(tries) })));
      await pass(EVERY_MS);
    }
    const ends = await Promise.all(pushes);
    const accepted = ends.filter(({ body }) => body === 'success').map(({ user }) => user);
    expect(accepted.length).toBeGreaterThan(PUSHES / 2);
    const served = () => api.received.map(({ openid }) => openid);
    await eventually(() => expect(served()).toEqual(expect.arrayContaining(accepted)), 30_000);
    await eventually(async () => expect(await servers[0]?.waitingJobs()).toBe(0), 30_000);
    expect(new Set(served()).size).toBe(served().length);
    expect(await servers[0]?.deadLetters()).toEqual([]);
    const away = servers
      .flatMap(({ log }) => log)
      .filter(({ msg }) => /^(fallback|connection) /.test(String(msg)));
    expect(away).toEqual([]);
  }, 120_000);
});
