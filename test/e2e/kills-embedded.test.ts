import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { ServerGround } from '../support/processes/server-process.js';
import { killAtDisk } from '../support/proof/kill-at-disk.js';
import { Traffic } from '../support/proof/traffic.js';

const KILLS = 10;

describe('given a built server on the embedded store, and followers who go on typing', () => {
  let api: FakeWechatApi;
  let ground: ServerGround;
  beforeEach(async () => {
    api = await startFakeWechatApi();
    ground = await ServerGround.make({
      WECHAT_API_BASE_URLS: api.url,
      REPLY_DEADLINE_MS: '700',
      LOG_LEVEL: 'info',
    });
  });
  afterEach(async () => {
    await ground.clear();
    await api.close();
  });

  test(`when it is killed ${KILLS} times at any moment, then nothing accepted is lost or answered twice`, async () => {
    // Some sends are under way at every moment, so that kills meet them.
    api.delayMs = 50;
    let server = await ground.start();
    const traffic = new Traffic(api, () => server.url);
    traffic.start(25);
    for (let kills = 0; kills < KILLS; kills += 1) {
      // Every other life is long enough to finish something: what dies in six lives running is given up, by design.
      await pass(kills % 2 === 0 ? randomInt(100, 1_000) : randomInt(2_000, 3_000));
      await server.kill();
      server = await ground.start();
    }
    await traffic.stop();
    await eventually(async () => expect((await traffic.ends(server)).lost).toEqual([]));
    await eventually(async () => expect(await server.waitingJobs()).toBe(0));
    const ends = await traffic.ends(server);
    expect(ends.twice).toEqual([]);
    expect(ends.accepted).toBeGreaterThan(KILLS * 20);
    expect(ends.delivered).toBeGreaterThan(ends.accepted / 2);
    // The one thing that a crash may leave open: a message on its way.
    expect(ends.dead.filter((reason) => reason !== 'unknown')).toEqual([]);
  }, 180_000);
});

describe('given a built server on the embedded store that dies at a moment of its journal', () => {
  // All moments, five times each: `npm run prove -- kills`.
  test.each(['in the middle of a write', 'after a compaction has its name'] as const)(
    'when it was killed %s and started anew, then nothing accepted is lost or answered twice',
    async (moment) => {
      const { broken } = await killAtDisk(moment, 1, ['slow 900', 'defer 300', 'long 900', 'tell 600']);
      expect(broken).toEqual([]);
    },
    180_000,
  );
});
