import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, textOf, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround } from '../support/processes/server-process.js';
import { sendAttempt, tapChoice, typeText, type Attempt } from '../support/wechat/wechat.js';

const bodyOf = (attempt: Attempt): string => (attempt.answered ? attempt.body : attempt.why);

describe('given choices that a built server offered', () => {
  let redis: RedisServer | undefined;
  let api: FakeWechatApi;
  let ground: ServerGround | undefined;
  beforeEach(async () => {
    api = await startFakeWechatApi();
    redis = undefined;
    ground = undefined;
  });
  afterEach(async () => {
    await ground?.clear();
    await redis?.stop();
    await api.close();
  });
  const groundOf = async (settings: Readonly<Record<string, string>>) =>
    (ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REPLY_DEADLINE_MS: '1500',
      ...settings,
    }));

  test('when it is killed, then the tap is answered by the other process, passive choices and late ones', async () => {
    redis = await RedisServer.start({ fsync: 'no' }); // nobody kills it
    const shared = await groundOf({ REDIS_URL: redis.url });
    const [first, second] = await Promise.all([shared.start(), shared.start()]);
    const inTime = typeText('choices 0 a');
    const shown = bodyOf(await sendAttempt(first.url, inTime));
    const late = typeText('choices 2000 b');
    expect(bodyOf(await sendAttempt(first.url, late))).toBe('success');
    await eventually(() => expect(api.received).toHaveLength(1));
    const shownLate = api.received.map(({ body }) => textOf(body)).join('');
    await first.kill();

    expect(bodyOf(await sendAttempt(second.url, tapChoice(shown, 'yes', inTime.user)))).toContain(
      'answer: chosen y',
    );
    expect(bodyOf(await sendAttempt(second.url, tapChoice(shownLate, 'yes', late.user)))).toContain(
      'answer: chosen y',
    );
    // Somebody else's choice is what he typed: a text.
    expect(bodyOf(await sendAttempt(second.url, tapChoice(shown, 'yes', late.user)))).toContain(
      'answer: yes',
    );
    expect(await shared.runs()).toEqual([
      'handle choices 0 a',
      'handle choices 2000 b',
      'chosen yes y',
      'chosen yes y',
      'handle yes',
    ]);
  }, 180_000);

  test('when it is killed while the handler takes the tap, then the other process takes it again and answers late, once', async () => {
    redis = await RedisServer.start({ fsync: 'no' }); // nobody kills it
    const shared = await groundOf({ REDIS_URL: redis.url });
    const [first, second] = await Promise.all([shared.start(), shared.start()]);
    const asked = typeText('choices 0 c');
    const shown = bodyOf(await sendAttempt(first.url, asked));
    const tap = tapChoice(shown, 'wait', asked.user);
    expect(bodyOf(await sendAttempt(first.url, tap))).toBe('success');
    await first.kill();
    await eventually(
      () => expect(api.received.map(({ body }) => textOf(body))).toEqual(['answer: chosen w']),
      15_000,
    );
    await eventually(async () => expect(await second.waitingJobs()).toBe(0));
    expect(await shared.runs()).toEqual(['handle choices 0 c', 'chosen wait w', 'chosen wait w']);
  }, 180_000);

  test('when it is killed and starts again on the embedded store, then the tap is answered', async () => {
    const alone = await groundOf({});
    const before = await alone.start();
    const asked = typeText('choices 0 d');
    const shown = bodyOf(await sendAttempt(before.url, asked));
    await before.kill();
    const after = await alone.start();
    expect(bodyOf(await sendAttempt(after.url, tapChoice(shown, 'yes', asked.user)))).toContain(
      'answer: chosen y',
    );
    expect(api.received).toEqual([]);
  }, 180_000);
});
