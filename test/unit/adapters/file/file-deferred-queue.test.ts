import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import type { FileAdapterLimits } from '../../../../src/adapters/file/file-adapters.js';
import type { FileSystem } from '../../../../src/adapters/file/file-system.js';
import type { DeferredJob } from '../../../../src/ports/deferred-queue.js';
import { QueueUnavailable } from '../../../../src/ports/deferred-queue.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { watchedFiles } from '../../../support/storage/journal-files.js';
import { eventually } from '../../../support/time/eventually.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

let dir: string;
let clock: ManualClock;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-queue-'));
  clock = new ManualClock();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = (options: { limits?: FileAdapterLimits; files?: FileSystem } = {}) =>
  openFileAdapters({ dir, clock, log: silentLogger, ...options });

const job = (id: string): DeferredJob => ({
  id,
  appId: 'wx1',
  pushId: id,
  user: 'o1',
  push: '<xml/>',
  receivedAtMs: 0,
  handler: 'slow',
  reason: 'overrun',
});

describe('given a full queue', () => {
  test('when a job is put, then it is refused with the numbers and what to do, and room makes it welcome', async () => {
    const { queue, close } = await open({ limits: { jobs: 2 } });
    await queue.put(job('a'));
    await queue.put(job('b'));
    await expect(queue.put(job('c'))).rejects.toThrow(/full: 2 of 2 jobs.*REDIS_URL/);
    await expect(queue.put(job('c'))).rejects.toBeInstanceOf(QueueUnavailable);
    await queue.put(job('b')); // kept already: no new one
    await queue.remove('a');
    await queue.put(job('c'));
    await close();
  });

  test('when its bytes are spent, then a job is refused as well', async () => {
    const { queue, close } = await open({ limits: { jobBytes: 200 } });
    await queue.put(job('a'));
    await queue.put(job('b'));
    await expect(queue.put(job('c'))).rejects.toThrow(/full/);
    await close();
  });
});

describe('given a disk that refuses', () => {
  test('when jobs are put, then they are not kept, and later ones are', async () => {
    let full = false;
    const { files } = watchedFiles((step) => full && /^(write|create)/.test(step));
    const { queue, close } = await open({ files });
    full = true;
    const [first, second] = await Promise.allSettled([queue.put(job('a')), queue.put(job('a'))]);
    expect([first?.status, second?.status]).toEqual(['rejected', 'rejected']);
    expect(await queue.size()).toBe(0);
    full = false;
    await queue.put(job('a'));
    expect(await queue.size()).toBe(1);
    await close();
  });
});

describe('given a doubtful job', () => {
  test('when it is due, then nobody runs it before the doubt is settled, also after a start', async () => {
    let adapters = await open();
    await adapters.queue.put(job('doubtful'), { maybeRemote: true });
    await adapters.queue.put(job('sure'), { notBeforeMs: clock.now() + 60_000 });
    await adapters.close();
    adapters = await open();
    const { queue } = adapters;
    expect([...queue.waiting()]).toEqual([
      { job: job('doubtful'), notBeforeMs: 0, maybeRemote: true, inMailbox: false },
      { job: job('sure'), notBeforeMs: clock.now() + 60_000, maybeRemote: false, inMailbox: false },
    ]);
    const seen: string[] = [];
    queue.consume(async ({ id }) => {
      seen.push(id);
      return { type: 'done' };
    });
    await queue.promote('doubtful');
    await clock.advance(60_000);
    expect(seen).toEqual(['sure']);
    queue.confirmLocal('doubtful');
    await clock.advance(0);
    expect(seen).toEqual(['sure', 'doubtful']);
    await adapters.close();
  });
});

describe('given jobs with times', () => {
  test('when time passes, then they run in the order of their times and, among equals, of their puts', async () => {
    const { queue, close } = await open();
    const now = clock.now();
    const times = [50, 10, 0, 30, 10, 0, 50, 20];
    await Promise.all(times.map((ms, index) => queue.put(job(`j${index}`), { notBeforeMs: now + ms })));
    const seen: string[] = [];
    queue.consume(
      async ({ id }) => {
        seen.push(`${id} at ${clock.now() - now}`);
        return { type: 'done' };
      },
      { concurrency: 1 },
    );
    await clock.advance(100);
    expect(seen).toEqual([
      'j2 at 0',
      'j5 at 0',
      'j1 at 10',
      'j4 at 10',
      'j7 at 20',
      'j3 at 30',
      'j0 at 50',
      'j6 at 50',
    ]);
    await close();
  });

  test('when one says "again" over and over, then the others are not starved', async () => {
    const { queue, close } = await open();
    const seen: string[] = [];
    queue.consume(
      async ({ id }) => {
        seen.push(id);
        return id === 'greedy' ? { type: 'retry', afterMs: 0 } : { type: 'done' };
      },
      { concurrency: 1 },
    );
    await Promise.all([job('greedy'), job('a'), job('b')].map((each) => queue.put(each)));
    await clock.advance(5);
    // Each run waits for a turn of the event loop.
    await eventually(() => expect(seen).toEqual(expect.arrayContaining(['a', 'b'])));
    expect(await queue.size()).toBe(1);
    await close();
  });
});
