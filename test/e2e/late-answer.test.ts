import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, textOf, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { sendAttempt, typeText } from '../support/wechat/wechat.js';

/** Other processes finish the work of a dead one within this time, the lock of its token fetch included. */
const TAKEN_UP_WITHIN_MS = 90_000;
const DEADLINE_MS = 1_500;
const WECHAT_WAITS_MS = 5_000;
/** A stop that waited for runs to end would take ten seconds and more. */
const STOPS_WITHIN_MS = 8_000;
const storages = ['the embedded store', 'Redis'] as const;

describe.each(storages)('given a built server on %s', (storage) => {
  let redis: RedisServer | undefined;
  let api: FakeWechatApi;
  let ground: ServerGround;
  let server: ServerProcess;
  beforeEach(async () => {
    api = await startFakeWechatApi();
    redis = storage === 'Redis' ? await RedisServer.start({ fsync: 'no' }) : undefined;
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REPLY_DEADLINE_MS: String(DEADLINE_MS),
      ...(redis !== undefined && { REDIS_URL: redis.url }),
    });
    server = await ground.start();
  });
  afterEach(async () => {
    await ground.clear();
    await redis?.stop();
    await api.close();
  });

  const sent = () => api.received.map(({ openid, body }) => `${openid} ${textOf(body)}`);

  test('when a handler overruns, then "success" is said at the deadline and the answer arrives late, once', async () => {
    const text = typeText('slow 2000 a');
    const said = await sendAttempt(server.url, text);
    expect(said).toMatchObject({ answered: true, status: 200, body: 'success' });
    expect(said.ms).toBeGreaterThan(1_400);
    expect(said.ms).toBeLessThan(WECHAT_WAITS_MS);
    expect(sent()).toEqual([]);
    await eventually(() => expect(sent()).toEqual([`${text.user} answer: slow 2000 a`]));
    await eventually(async () => expect(await server.waitingJobs()).toBe(0));
    // A late copy of the push changes nothing.
    expect(await sendAttempt(server.url, text)).toMatchObject({ body: 'success' });
    expect(sent()).toHaveLength(1);
    expect(await ground.runs()).toEqual(['handle slow 2000 a']);
  });

  test('when a handler defers, then "success" is said at once and `later` answers, once', async () => {
    const text = typeText('defer 300 b');
    const said = await sendAttempt(server.url, text);
    expect(said).toMatchObject({ status: 200, body: 'success' });
    expect(said.ms).toBeLessThan(DEADLINE_MS);
    await eventually(() => expect(sent()).toEqual([`${text.user} answer: defer 300 b`]));
    await eventually(async () => expect(await server.waitingJobs()).toBe(0));
    expect(await ground.runs()).toEqual(['handle defer 300 b', 'later defer 300 b']);
  });

  test('when a handler answers while its job is written ahead already, then the answer is passive and nothing follows', async () => {
    const text = typeText('slow 1000 c');
    const said = await sendAttempt(server.url, text);
    expect(said).toMatchObject({ status: 200, body: expect.stringContaining('answer: slow 1000 c') });
    expect(await sendAttempt(server.url, text)).toMatchObject({ body: said.answered ? said.body : '' });
    await eventually(async () => expect(await server.waitingJobs()).toBe(0));
    expect([sent(), await ground.runs()]).toEqual([[], ['handle slow 1000 c']]);
  });

  test('when it is told to stop while runs of every kind are past their deadline, then the next start delivers them', async () => {
    const texts = ['hang', 'heed', 'quit', 'stream'].flatMap((how) =>
      Array.from({ length: 5 }, (_, index) => typeText(`${how} ${index}`)),
    );
    for (const [index, said] of (
      await Promise.all(texts.map((text) => sendAttempt(server.url, text)))
    ).entries())
      expect([texts[index]?.content, said]).toEqual([
        texts[index]?.content,
        expect.objectContaining({
          status: 200,
          body:
            texts[index]?.content.startsWith('stream') === true
              ? expect.stringContaining('begun.')
              : 'success',
        }),
      ]);
    const stopAtMs = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - stopAtMs).toBeLessThan(STOPS_WITHIN_MS);
    expect(sent()).toEqual([]);
    const next = await ground.start();
    const wanted = texts.map(({ user, content }) => `${user} answer: ${content}`);
    await eventually(() => expect(new Set(sent())).toEqual(new Set(wanted)), TAKEN_UP_WITHIN_MS);
    await eventually(async () => expect(await next.waitingJobs()).toBe(0));
    expect(sent()).toHaveLength(wanted.length);
    expect(await next.deadLetters()).toEqual([]);
    expect((await ground.runs()).toSorted()).toEqual(
      texts.flatMap(({ content }) => [`handle ${content}`, `handle ${content}`]).toSorted(),
    );
    // Nothing is left in the way of what its users ask next.
    const more = texts.map(({ user }) => typeText('slow 1700 more', user));
    await Promise.all(more.map((text) => sendAttempt(next.url, text)));
    await eventually(() => expect(sent()).toHaveLength(2 * wanted.length));
  }, 300_000);

  test('when it is told to stop while a `later` that would quit, or stream, goes on, then the next start runs it again', async () => {
    const texts = ['quit', 'stream'].flatMap((how) =>
      Array.from({ length: 5 }, (_, index) => typeText(`later-${how} ${index}`)),
    );
    for (const said of await Promise.all(texts.map((text) => sendAttempt(server.url, text))))
      expect(said).toMatchObject({ status: 200, body: 'success' });
    await eventually(async () => expect(await ground.runs()).toHaveLength(2 * texts.length));
    expect(await server.stop()).toBe(0);
    expect(sent()).toEqual([]);
    const next = await ground.start();
    const wanted = texts.map(({ user, content }) => `${user} answer: ${content}`);
    await eventually(() => expect(new Set(sent())).toEqual(new Set(wanted)), TAKEN_UP_WITHIN_MS);
    await eventually(async () => expect(await next.waitingJobs()).toBe(0));
    expect([sent().length, await next.deadLetters()]).toEqual([wanted.length, []]);
  }, 300_000);

  test('when answers only wait for their user, then they are told apart from work that waits, until they are fetched', async () => {
    await server.stop();
    server = await ground.start({ LATE_REPLY: 'passive-only', HELD_TRIES_PER_5_MIN: '0' });
    const texts = Array.from({ length: 5 }, (_, index) => typeText(`slow 1800 ${index}`));
    await Promise.all(texts.map((text) => sendAttempt(server.url, text)));
    const waits = async () => [await server.waitingJobs(), await server.jobsInMailbox()];
    await eventually(async () => expect(await waits()).toEqual([0, 5]));
    await server.stop();
    server = await ground.start({ LATE_REPLY: 'passive-only', HELD_TRIES_PER_5_MIN: '0' });
    expect(await waits()).toEqual([0, 5]);
    const said = await sendAttempt(server.url, typeText('slow 100 next', texts[0]?.user));
    expect(said).toMatchObject({ body: expect.stringContaining('answer: slow 1800 0') });
    await eventually(async () => expect(await waits()).toEqual([0, 4]));
  }, 60_000);
});
