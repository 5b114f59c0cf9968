import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FrameWriter } from '../../../../src/adapters/file/frame.js';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import { IncrementalSweep } from '../../../../src/adapters/file/incremental-sweep.js';
import type { FileSystem } from '../../../../src/adapters/file/file-system.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import {
  StoreUnavailable,
  type Place,
  type PushRecord,
  type SwapRequest,
} from '../../../../src/ports/state-store.js';
import { unsynced, watchedFiles } from '../../../support/storage/journal-files.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

const KEEP = 86_400_000;
const ANN = 'wx1:user:ann';
const RUNNING: PushRecord = { state: 'running', owner: 'p1', fence: 1, attempt: 1 };
const ADOPTED: PushRecord = { ...RUNNING, state: 'adopted' };
const STASHED: PushRecord = { ...RUNNING, state: 'stashed', messages: [] };
const DELIVERED: PushRecord = { ...RUNNING, state: 'delivered' };

let dir: string;
let clock: ManualClock;
let adapters: Awaited<ReturnType<typeof openFileAdapters>>;
const open = (files: FileSystem = unsynced, folder = dir) =>
  openFileAdapters({ dir: folder, clock, log: silentLogger, files });
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-store-'));
  clock = new ManualClock();
  adapters = await open();
});
afterEach(async () => {
  await adapters.close();
  await rm(dir, { recursive: true, force: true });
});

const claim = (key: string, store = adapters.store) =>
  store.claim({ key, owner: 'p1', nowMs: clock.now(), ttlMs: KEEP, sender: ANN, readMailbox: true });
const swap = (key: string, rev: number, next: PushRecord, place: Place, more: Partial<SwapRequest> = {}) =>
  adapters.store.swap({
    key,
    rev,
    next,
    nowMs: clock.now(),
    ttlMs: KEEP,
    durable: true,
    sender: { key: ANN, place },
    ...more,
  });
const lane = async (from: string, { store } = adapters): Promise<string[]> => {
  const keys = [from];
  for (let at = from; ;) {
    const ahead = await store.predecessor(ANN, at, clock.now());
    if (ahead === undefined) return keys;
    keys.unshift((at = ahead.key));
  }
};
const mailbox = async ({ store } = adapters) => {
  const result = await claim('who asks', store);
  return result.type === 'replayed' ? undefined : result.mailbox?.map(({ key }) => key);
};

describe('given records that stand somewhere', () => {
  beforeEach(async () => {
    for (const key of ['a', 'b', 'c', 'd']) await claim(key);
    for (const key of ['d', 'a']) await swap(key, 1, ADOPTED, 'lane');
    for (const key of ['c', 'b']) await swap(key, 1, STASHED, 'mailbox');
  });

  test('when what is alive is written anew, then all stand in it where they stand, and windows too', async () => {
    const opened = { trigger: 'message', messages: 5, fromMs: clock.now(), untilMs: clock.now() + KEEP };
    await adapters.store.sendQuota({ sender: ANN, nowMs: clock.now(), granted: opened, change: 'spend' });
    const entries = [...adapters.store.snapshot()].reverse();
    const other = await open(unsynced, join(dir, 'other'));
    // As from a file.
    for (const entry of entries) other.store.replay(JSON.parse(JSON.stringify(entry)));
    expect(await lane('d', other)).toEqual(['a', 'd']);
    expect(await mailbox(other)).toEqual(['b', 'c']);
    expect(await other.store.sendQuota({ sender: ANN, nowMs: clock.now() })).toMatchObject({ left: 4 });
    await other.close();
  });

  test('when a change of several is torn anywhere, then after the start all of it counts or none', async () => {
    await adapters.close();
    const newest = async () =>
      join(dir, (await readdir(dir)).filter((name) => name.endsWith('.journal')).at(-1)!);
    adapters = await open();
    const also = ['b', 'c'].map((key) => ({
      key,
      rev: 2,
      next: DELIVERED,
      ttlMs: KEEP,
      sender: { key: ANN, place: 'none' as const },
    }));
    expect(await swap('d', 2, { ...RUNNING, state: 'answered' }, 'none', { linked: also })).toMatchObject({
      swapped: true,
    });
    await adapters.close();
    const path = await newest();
    const whole = await readFile(path);
    const states = async (store: typeof adapters.store) =>
      Promise.all(
        ['b', 'c', 'd'].map(async (key) => (await store.read(key, clock.now()))?.stored.record.state),
      );
    for (let length = 1; length <= whole.length; length += length < whole.length - 20 ? 17 : 1) {
      await writeFile(path, whole);
      await truncate(path, length);
      adapters = await open();
      const whatCounts = await states(adapters.store);
      const standing = await mailbox();
      await adapters.close();
      if (length < whole.length) expect(whatCounts).toEqual(['stashed', 'stashed', 'adopted']);
      else expect(whatCounts).toEqual(['delivered', 'delivered', 'answered']);
      expect(standing).toEqual(length < whole.length ? ['b', 'c'] : undefined);
      for (const name of await readdir(dir)) if (join(dir, name) > path) await rm(join(dir, name));
    }
    adapters = await open();
  });

  test('when the disk refuses a change of several, then all are as before, under new revisions', async () => {
    await adapters.close();
    let full = false;
    adapters = await open(watchedFiles((step) => full && /^(write|create)/.test(step)).files);
    full = true;
    const also = [
      { key: 'b', rev: 2, next: DELIVERED, ttlMs: KEEP, sender: { key: ANN, place: 'none' as const } },
    ];
    const swapping = swap('a', 2, DELIVERED, 'none', { linked: also });
    expect(await mailbox()).toEqual(['c']);
    await expect(swapping).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await lane('d')).toEqual(['a', 'd']);
    expect(await mailbox()).toEqual(['b', 'c']);
    for (const [key, record] of [
      ['a', ADOPTED],
      ['b', STASHED],
    ] as const)
      expect((await adapters.store.read(key, clock.now()))?.stored).toEqual({ rev: 4, record });
    full = false;
  });
});

test('when a push was claimed only, then after the start nobody stands behind it', async () => {
  await claim('a');
  await claim('b');
  await swap('b', 1, ADOPTED, 'lane');
  await adapters.close();
  adapters = await open();
  expect(await lane('b')).toEqual(['b']);
});

test('when the version before wrote the journal, then its records are there and stand nowhere', async () => {
  await adapters.close();
  const frames = new FrameWriter();
  const untilMs = clock.now() + KEEP;
  frames.add(JSON.stringify(['journal', 1]));
  frames.add(JSON.stringify(['record', 'a', untilMs, 2, ADOPTED]));
  frames.add(
    JSON.stringify(['answer', 'b', untilMs, 2, { ...RUNNING, state: 'answered' }, '<xml/>', untilMs]),
  );
  for (const name of await readdir(dir)) if (/^\d+\./.test(name)) await rm(join(dir, name));
  await writeFile(join(dir, '0000000001.log'), frames.take());
  adapters = await open();
  expect(await adapters.store.read('a', clock.now())).toEqual({
    stored: { rev: 2, record: ADOPTED },
    ownerAlive: false,
  });
  expect(await adapters.store.read('b', clock.now())).toMatchObject({ body: '<xml/>' });
  expect(await lane('a')).toEqual(['a']);
  await claim('c');
  await swap('a', 2, ADOPTED, 'lane');
  expect(await lane('a')).toEqual(['c', 'a']);
});

test('when ever new entries come and end, then no more are kept than a few times those that live', () => {
  const map = new Map<string, number>();
  const sweep = new IncrementalSweep(map, (untilMs, nowMs) => untilMs <= nowMs);
  const lives = 10_000;
  let most = 0;
  for (let nowMs = 0; nowMs < 200_000; nowMs += 1) {
    sweep.step(nowMs);
    map.set(`sender ${nowMs}`, nowMs + lives);
    most = Math.max(most, map.size);
    if (nowMs % 1000 === 0)
      for (let at = Math.max(0, nowMs - 10); at < nowMs; at += 1) expect(map.has(`sender ${at}`)).toBe(true);
  }
  expect(most).toBeLessThan(4 * lives);
});
