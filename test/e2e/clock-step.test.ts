import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { makeSteppedClock, type SteppedClock } from '../support/processes/stepped-clock.js';
import { sendAttempt, typeText } from '../support/wechat/wechat.js';

describe.each(['the embedded store', 'Redis'] as const)('given a built server on %s', (storage) => {
  let api: FakeWechatApi;
  let redis: RedisServer | undefined;
  let ground: ServerGround;
  let server: ServerProcess;
  let clock: SteppedClock;
  beforeEach(async () => {
    clock = await makeSteppedClock();
    api = await startFakeWechatApi();
    redis = storage === 'Redis' ? await RedisServer.start({ fsync: 'no' }) : undefined;
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REPLY_DEADLINE_MS: '3000',
      MAX_PUSH_AGE_S: '0',
      NODE_OPTIONS: clock.nodeOptions,
      ...(redis !== undefined && { REDIS_URL: redis.url }),
    });
    server = await ground.start();
  });
  afterEach(async () => {
    await ground.clear();
    await redis?.stop();
    await api.close();
    await clock.remove();
  });

  test.each([-5_000, -30_000, 1_200_000])(
    'when its clock is stepped by %d ms while a push waits, then it is answered in time, and its answer comes, once',
    async (stepMs) => {
      const text = typeText('slow 4000 a');
      const waiting = sendAttempt(server.url, text);
      await eventually(async () => expect(await ground.runs()).toHaveLength(1));
      await clock.step(stepMs);
      expect(await waiting).toMatchObject({ answered: true, status: 200, body: 'success' });
      await eventually(() => expect(api.received).toHaveLength(1), 15_000);
      expect(await sendAttempt(server.url, text)).toMatchObject({ body: 'success' });
      expect(await ground.runs()).toEqual(['handle slow 4000 a']);
    },
    60_000,
  );
});
