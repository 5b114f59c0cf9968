import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { sendAttempt, typeText, type Attempt } from '../support/wechat/wechat.js';

describe('given two built servers on one Redis', () => {
  let redis: RedisServer;
  let api: FakeWechatApi;
  let ground: ServerGround;
  let first: ServerProcess;
  let second: ServerProcess;
  beforeEach(async () => {
    api = await startFakeWechatApi();
    redis = await RedisServer.start({ fsync: 'no' }); // nobody kills it
    ground = await ServerGround.make({ WECHAT_API_BASE_URLS: api.url, REDIS_URL: redis.url });
    [first, second] = await Promise.all([ground.start(), ground.start()]);
  });
  afterEach(async () => {
    await ground.clear();
    await redis.stop();
    await api.close();
  });

  const users = () => api.received.map(({ openid }) => openid);
  const bodies = (tries: readonly Attempt[]) =>
    new Set(tries.map((one) => (one.answered ? one.body : one.why)));

  test('when a push comes 50 times at once, to both, then it runs once and all hear the same answer', async () => {
    const text = typeText('slow 300 fifty');
    const tries = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sendAttempt((index % 2 === 0 ? first : second).url, text)),
    );
    expect(await ground.runs()).toEqual(['handle slow 300 fifty']);
    const [body, ...others] = bodies(tries);
    expect(others).toEqual([]);
    expect(body).toContain('answer: slow 300 fifty');
    expect(Math.max(...tries.map(({ ms }) => ms))).toBeLessThan(4_500);
    // A late copy, at either.
    expect(bodies([await sendAttempt(first.url, text), await sendAttempt(second.url, text)])).toEqual(
      new Set([body]),
    );
    expect(await ground.runs()).toHaveLength(1);
  });

  test('when tries come at 0, 5 and 10 s while the handler runs for 12, then each hears "success" in time and one message comes', async () => {
    const text = typeText('slow 12000 tries');
    const tryAt = async (afterMs: number, server: ServerProcess) => {
      await pass(afterMs);
      return sendAttempt(server.url, text);
    };
    const tries = await Promise.all([tryAt(0, first), tryAt(5_000, second), tryAt(10_000, first)]);
    expect(bodies(tries)).toEqual(new Set(['success']));
    expect(tries[0].ms).toBeGreaterThan(4_400);
    expect(Math.max(...tries.map(({ ms }) => ms))).toBeLessThan(4_800);
    await eventually(() => expect(users()).toEqual([text.user]));
    await eventually(async () => expect(await first.waitingJobs()).toBe(0));
    expect([users(), await ground.runs()]).toEqual([[text.user], ['handle slow 12000 tries']]);
  }, 180_000);

  test('when a process dies with a run past its deadline, then the other one has delivered it within 15 s', async () => {
    const text = typeText('hang dead');
    expect(await sendAttempt(first.url, text)).toMatchObject({ status: 200, body: 'success' });
    await first.kill();
    await eventually(() => expect(users()).toEqual([text.user]), 15_000);
    await eventually(async () => expect(await second.waitingJobs()).toBe(0));
    expect(await ground.runs()).toEqual(['handle hang dead', 'handle hang dead']);
  }, 180_000);

  test('when a process dies with a job in hand, then the other one has delivered it within 15 s', async () => {
    await second.kill();
    const text = typeText('defer 3000 dead');
    expect(await sendAttempt(first.url, text)).toMatchObject({ body: 'success' });
    await eventually(async () => expect(await ground.runs()).toContain('later defer 3000 dead'));
    await first.kill();
    expect(users()).toEqual([]);
    second = await ground.start();
    await eventually(() => expect(users()).toEqual([text.user]), 15_000 + 3_000);
    await eventually(async () => expect(await second.waitingJobs()).toBe(0));
    expect((await ground.runs()).filter((run) => run.startsWith('later'))).toHaveLength(2);
  }, 180_000);

  test('when a process dies before its deadline, then the next try, at the other one, is answered', async () => {
    const text = typeText('hang soon');
    const lost = sendAttempt(first.url, text);
    await eventually(async () => expect(await ground.runs()).toEqual(['handle hang soon']));
    await first.kill();
    expect(await lost).toMatchObject({ answered: false });
    const said = await sendAttempt(second.url, text);
    expect(said).toMatchObject({ status: 200, body: expect.stringContaining('answer: hang soon') });
    expect(said.ms).toBeLessThan(4_500);
  });

  test('when a process is told to stop while the tries of a passive-only account are held, then the other one answers them', async () => {
    const passive = { LATE_REPLY: 'passive-only' };
    const [going, staying] = await Promise.all([ground.start(passive), ground.start(passive)]);
    const text = typeText('quit held');
    const held = sendAttempt(going.url, text);
    await eventually(async () => expect(await ground.runs()).toEqual(['handle quit held']));
    const stopped = going.stop();
    expect(await held).toMatchObject({ answered: false });
    const said = await sendAttempt(staying.url, text);
    expect(said).toMatchObject({ status: 200, body: expect.stringContaining('answer: quit held') });
    expect(said.ms).toBeLessThan(4_500);
    expect(await stopped).toBe(0);
  }, 180_000);
});
