import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi, textOf, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { sendAttempt, typeText, type Attempt, type TypedText } from '../support/wechat/wechat.js';

const PUSHES = 12;

describe('given two built servers on one Redis, and attempts that overlap', () => {
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
    first.resume();
    await ground.clear();
    await redis.stop();
    await api.close();
  });

  const bodyOf = (attempt: Attempt): string => (attempt.answered ? attempt.body : '');
  const contentsOf = (text: TypedText) =>
    api.received.filter(({ openid }) => openid === text.user).map(({ body }) => textOf(body));
  /** No job looks for what is over, and no lane is blocked. */
  const nothingIsLeft = () =>
    eventually(async () => {
      expect(await first.waitingJobs()).toBe(0);
      expect(await second.waitingJobs()).toBe(0);
    });

  test('when a frozen server reads attempts while the other one runs their pushes, then each user is answered once', async () => {
    const texts = Array.from({ length: PUSHES }, (_, index) =>
      typeText(`slow ${3_000 + 100 * index} frozen`),
    );
    first.freeze();
    const early = texts.map((text) => sendAttempt(first.url, text));
    await pass(5_000);
    const later = texts.map((text) => sendAttempt(second.url, text));
    await pass(700);
    first.resume();
    const answers = await Promise.all(later);
    expect((await Promise.all(early)).every((attempt) => !attempt.answered)).toBe(true);
    await nothingIsLeft();
    for (const [index, text] of texts.entries()) {
      const body = bodyOf(answers[index]!);
      const said = body === 'success' ? contentsOf(text) : [body];
      expect(said).toEqual([expect.stringContaining(`answer: ${text.content}`)]);
      if (body !== 'success') expect(contentsOf(text)).toEqual([]);
    }
    const { user } = texts[0]!;
    const next = typeText('defer 0 next', user);
    expect(bodyOf(await sendAttempt(second.url, next))).toBe('success');
    await eventually(() => expect(contentsOf(next)).toContain('answer: defer 0 next'));
  }, 180_000);

  test('when streams are asked for at the same instant on both, then all attempts of a push hear the same, and nothing is said twice', async () => {
    const texts = Array.from({ length: PUSHES }, (_, index) => typeText(`tell ${4_350 + 15 * index} both`));
    const heard = await Promise.all(
      texts.map((text) => Promise.all([sendAttempt(first.url, text), sendAttempt(second.url, text)])),
    );
    await nothingIsLeft();
    for (const [index, text] of texts.entries()) {
      const [one, other] = heard[index]!.map(bodyOf);
      expect(one).not.toBe('');
      expect(other).toBe(one);
      const all = [one, ...contentsOf(text)].join('\n');
      for (const part of ['begun.', 'more.', `answer: ${text.content}`])
        expect([part, all.split(part).length - 1]).toEqual([part, 1]);
    }
    expect(await ground.runs()).toHaveLength(PUSHES);
  }, 180_000);
});
