import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createApp, type App, type Storage } from '../../src/app.js';
import { readConfig } from '../../src/config/config.js';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { openRedisAdapters } from '../../src/adapters/redis/redis-adapters.js';
import { systemClock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import { deadLetter } from '../support/storage/dead-letter.js';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { RedisServer } from '../support/processes/redis-server.js';

const APP_ID = 'wx0000000000000001';

let redis: RedisServer;
let dir: string;
let fake: FakeWechatApi;
let app: App | undefined;
let storage: Storage | undefined;
beforeAll(async () => {
  redis = await RedisServer.start({ fsync: 'no' });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'retry-letter-'));
  fake = await startFakeWechatApi();
});
afterEach(async () => {
  await app?.stop();
  await storage?.close();
  app = storage = undefined;
  await fake.close();
  await rm(dir, { recursive: true });
});

/** The real one of each kind. */
async function openStorage(where: string): Promise<Storage> {
  const parts = { clock: systemClock, log: silentLogger };
  if (where !== 'Redis') return { ...(await openFileAdapters({ dir, ...parts })), degraded: () => false };
  const remote = openRedisAdapters({ url: redis.url, ...parts });
  await remote.ready(30_000);
  return { ...remote, degraded: () => false, failing: () => false };
}

describe.each(['the embedded store', 'Redis'])('given letters in %s', (where) => {
  test('when they are retried, half of them before the app is open, then each goes out once, and none is left', async () => {
    const sentAt = Math.floor(Date.now() / 1_000) - 60;
    const ids = Array.from({ length: 12 }, (_, n) => `msg-${n}`);
    storage = await openStorage(where);
    for (const [n, id] of ids.entries()) {
      const { push } = deadLetter(id);
      await storage.store.putDeadLetter(
        deadLetter(id, {
          appId: APP_ID,
          user: `oUser${n % 6}`,
          atMs: Date.now() - n,
          push: push.replace(/<CreateTime>\d+/, `<CreateTime>${sentAt}`),
          messages: [{ msgtype: 'text', text: { content: id } }],
        }),
      );
    }
    const config = readConfig({
      WECHAT_APP_ID: APP_ID,
      WECHAT_APP_SECRET: 'test-secret',
      WECHAT_TOKEN: 'token',
      WECHAT_API_BASE_URLS: fake.url,
      DATA_DIR: dir,
    });
    app = await createApp(config, {
      log: silentLogger,
      handlers: { handlers: [], observers: [] },
      storage,
    });
    const { deadLetters } = app;
    const outcomes = await Promise.all(ids.slice(0, 6).map((id) => deadLetters.retry(id)));
    expect(new Set(outcomes)).toEqual(new Set(['retried']));
    await app.open();
    // Two operators at once.
    await Promise.all([...ids.slice(6), ...ids.slice(6)].map((id) => deadLetters.retry(id)));
    await eventually(async () => {
      const said = fake.received.map(({ body }) => String(Object(body['text']).content));
      expect(said.toSorted()).toEqual(ids.toSorted());
      expect(await storage?.queue.size()).toBe(0);
    });
    expect((await deadLetters.list({}, 100)).letters).toEqual([]);
  });
});
