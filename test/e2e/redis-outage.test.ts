import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { Traffic } from '../support/proof/traffic.js';
import { heard, push, sendAttempt, typeText } from '../support/wechat/wechat.js';

const WECHAT_WAITS_MS = 5_000;

describe('given two built servers on one Redis, and followers who go on typing', () => {
  let redis: RedisServer;
  let api: FakeWechatApi;
  let ground: ServerGround;
  let servers: ServerProcess[];
  beforeEach(async () => {
    api = await startFakeWechatApi();
    redis = await RedisServer.prepare();
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REDIS_URL: redis.url,
      REPLY_DEADLINE_MS: '1500',
    });
  });
  afterEach(async () => {
    await ground.clear();
    await redis.stop();
    await api.close();
  });

  const startTwo = async () => (servers = await Promise.all([ground.start(), ground.start()]));
  const readiness = () => Promise.all(servers.map((server) => server.readiness()));
  const typing = () => {
    let turn = 0;
    const traffic = new Traffic(api, () => servers[(turn += 1) % servers.length]?.url ?? '');
    traffic.start(40);
    return traffic;
  };

  /** Everything accepted reached its user once, nobody waited too long, and nothing is left over. */
  async function allIsWell(traffic: Traffic): Promise<void> {
    await eventually(() => expect(traffic.typed).toBeGreaterThan(40));
    await traffic.stop();
    const [server] = servers;
    if (server === undefined) throw new Error('no server');
    await eventually(async () => expect((await traffic.ends(server)).lost).toEqual([]));
    await eventually(async () => {
      expect(await Promise.all(servers.map((each) => each.waitingJobs()))).toEqual([0, 0]);
      expect(await readiness()).toEqual(['ready', 'ready']);
    });
    const ends = await traffic.ends(server);
    expect(ends).toMatchObject({ dead: [], lost: [], twice: [] });
    // A 503 is allowed where the disk is too slow for the journal's share; the next try makes it good.
    expect(ends.accepted).toBe(ends.typed);
    expect(traffic.slowestMs).toBeLessThan(WECHAT_WAITS_MS);
    expect(traffic.unanswered).toEqual([]);
  }

  test('when Redis is killed and comes back, then answers come in time and nothing is lost or said twice', async () => {
    await redis.start();
    await startTwo();
    const traffic = typing();
    await pass(1_500);
    await redis.kill();
    await eventually(async () => expect(await readiness()).toEqual(['degraded', 'degraded']));
    await pass(3_000);
    await redis.start();
    await pass(1_500);
    await allIsWell(traffic);
  }, 180_000);

  test('when Redis hangs and goes on, then answers come in time and nothing is lost or said twice', async () => {
    await redis.start();
    await startTwo();
    const traffic = typing();
    await pass(1_500);
    redis.freeze();
    await eventually(async () => expect(await readiness()).toEqual(['degraded', 'degraded']));
    await pass(3_000);
    redis.thaw();
    await pass(1_500);
    await allIsWell(traffic);
  }, 180_000);

  test('when Redis starts after the servers, then they answer from the first moment on', async () => {
    await startTwo();
    const traffic = typing();
    await pass(1_500);
    expect(await readiness()).toEqual(['degraded', 'degraded']);
    const [server] = servers;
    expect(await sendAttempt(server?.url ?? '', typeText('slow 50 early'))).toMatchObject({
      status: 200,
      body: expect.stringContaining('answer: slow 50 early'),
    });
    await redis.start();
    await pass(1_500);
    await allIsWell(traffic);
  }, 180_000);

  test.each([
    ['is killed', (server: ServerProcess) => server.kill()],
    ['is told to stop', async (server: ServerProcess) => expect(await server.stop()).toBe(0)],
  ])(
    'when a server %s while Redis is away, then its next start delivers what it had promised from its journal',
    async (_how, end) => {
      const server = await ground.start();
      const text = typeText('slow 2500 r');
      expect(heard(await push(() => server.url, text))).toBe('success');
      await end(server);
      servers = [await ground.start()];
      await eventually(() => expect(api.received.map(({ openid }) => openid)).toEqual([text.user]));
      await redis.start();
      await eventually(async () => expect(await readiness()).toEqual(['ready']));
      await pass(500);
      expect(api.received).toHaveLength(1);
    },
    180_000,
  );
});
