import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { openRedisAdapters } from '../../src/adapters/redis/redis-adapters.js';
import { openFallback, type Fallback } from '../../src/adapters/fallback/fallback.js';
import { systemClock } from '../../src/ports/clock.js';
import type { DeferredJob } from '../../src/ports/deferred-queue.js';
import { captureLog } from '../support/app/handler-runtime.js';
import { pass } from '../support/time/eventually.js';
import { RedisServer } from '../support/processes/redis-server.js';

const job = (id: string): DeferredJob => ({
  id,
  appId: 'wx1',
  pushId: id,
  user: 'o-user',
  push: '<xml/>',
  receivedAtMs: 0,
  handler: 'slow',
  reason: 'overrun',
});
const claimOf = (key: string) => ({ key, owner: 'p1', nowMs: Date.now(), ttlMs: 60_000 });

/** As a handler does that computes. */
function holdUp(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** One hold-up right after the other, and between them what a single turn of the event loop gets done. */
async function holdUpAgainAndAgain(times: number, ms: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    holdUp(ms);
    await new Promise<void>((resume) => void setImmediate(resume));
  }
}

describe('given Redis, the journal behind it, and an event loop that is held up for longer than either may take', () => {
  let redis: RedisServer;
  let dir: string;
  let spillOver: Fallback;
  let log: ReturnType<typeof captureLog>;
  beforeEach(async () => {
    log = captureLog();
    redis = await RedisServer.start({ fsync: 'no' });
    dir = await mkdtemp(join(tmpdir(), 'wechat-held-'));
    const shared = { clock: systemClock, log };
    const remote = openRedisAdapters({ url: redis.url, ...shared });
    await remote.ready(30_000);
    spillOver = await openFallback({
      remote,
      dir,
      openLocal: (folder) => openFileAdapters({ dir: folder, ...shared }),
      ...shared,
    });
  });
  afterEach(async () => {
    await spillOver.close();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const troubles = () => log.lines.filter(({ level }) => level === 'warn' || level === 'error');

  test.each([450, 800, 1_700])(
    'when it is held up for %i ms while Redis is asked, then Redis is not taken for away',
    async (ms) => {
      for (let round = 0; round < 3; round += 1) {
        const claimed = spillOver.store.claim(claimOf(`held ${round}`));
        const kept = spillOver.queue.put(job(`held-${round}`));
        holdUp(ms);
        expect((await claimed).type).toBe('claimed');
        await kept;
        expect(spillOver.degraded()).toBe(false);
        await pass(20);
      }
      expect(troubles()).toEqual([]);
    },
    30_000,
  );

  test('when it is held up on every turn while the journal stands in, then what the journal kept counts as kept', async () => {
    await redis.kill();
    for (let round = 0; round < 3; round += 1) {
      const kept = spillOver.queue.put(job(`held-${round}`));
      await holdUpAgainAndAgain(3, 450);
      await kept;
    }
    expect(await spillOver.queue.size()).toBe(3);
  }, 30_000);

  test('when Redis hangs as well, then it is given up all the same', async () => {
    redis.freeze();
    const claimed = spillOver.store.claim(claimOf('frozen'));
    await holdUpAgainAndAgain(6, 450);
    expect((await claimed).type).toBe('claimed');
    expect(spillOver.degraded()).toBe(true);
    redis.thaw();
  }, 30_000);
});
