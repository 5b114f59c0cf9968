import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import type { FileSystem } from '../../../../src/adapters/file/file-system.js';
import { StoreUnavailable } from '../../../../src/ports/state-store.js';
import type { PushRecord } from '../../../../src/ports/state-store.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { watchedFiles } from '../../../support/storage/journal-files.js';
import { usedHeapBytes } from '../../../support/storage/heap.js';
import { eventually } from '../../../support/time/eventually.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

let dir: string;
let clock: ManualClock;
let adapters: Awaited<ReturnType<typeof openFileAdapters>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-store-'));
  clock = new ManualClock();
  adapters = await open();
});
afterEach(async () => {
  await adapters.close();
  await rm(dir, { recursive: true, force: true });
});

const open = (files?: FileSystem) =>
  openFileAdapters({ dir, clock, log: silentLogger, ...(files === undefined ? {} : { files }) });
async function restart(files?: FileSystem): Promise<void> {
  await adapters.close();
  adapters = await open(files);
}

const KEEP = 600_000;
const RUNNING: PushRecord = { state: 'running', owner: 'p1', fence: 1, attempt: 1 };
const claim = (key: string) => adapters.store.claim({ key, owner: 'p1', nowMs: clock.now(), ttlMs: KEEP });
const swap = (key: string, rev: number, next: PushRecord, durable: boolean, xml?: string) =>
  adapters.store.swap({
    key,
    rev,
    next,
    nowMs: clock.now(),
    ttlMs: KEEP,
    durable,
    ...(xml === undefined ? {} : { body: { xml, ttlMs: 60_000 } }),
  });
const read = (key: string) => adapters.store.read(key, clock.now());

describe('given a process that starts again', () => {
  test('when a record was only claimed, then it is forgotten, and the next try runs it afresh', async () => {
    await claim('k');
    await swap('k', 1, { ...RUNNING, owner: 'p2', fence: 2 }, false);
    await restart();
    expect(await claim('k')).toEqual({ type: 'claimed', stored: { rev: 1, record: RUNNING } });
  });

  test('when a record was answered, then it is known with its body, and its owner is dead', async () => {
    await claim('k');
    await adapters.store.heartbeat('p1', clock.now() + 2000);
    await swap('k', 1, { ...RUNNING, state: 'answered' }, false, '<好/>');
    const known = {
      type: 'known',
      stored: { rev: 2, record: { ...RUNNING, state: 'answered' } },
      body: '<好/>',
    };
    expect(await claim('k')).toEqual({ ...known, ownerAlive: true });
    await restart();
    expect(await claim('k')).toEqual({ ...known, ownerAlive: false });
  });

  test('when a record has run out, then it is gone', async () => {
    await claim('old');
    await swap('old', 1, { ...RUNNING, state: 'acknowledged' }, true);
    await restart();
    expect((await read('old'))?.stored.rev).toBe(2);
    await clock.advance(KEEP);
    await restart();
    expect(await read('old')).toBeUndefined();
  });

  test('when a terminal record holds more than most, then all of it comes back', async () => {
    const dead: PushRecord = {
      ...RUNNING,
      state: 'dead',
      reason: '48001',
      messages: [{ msgtype: 'text', text: { content: 'a' } }],
      sent: 1,
    };
    await claim('k');
    await swap('k', 1, dead, true);
    expect((await read('k'))?.stored.record).toEqual(dead);
    await restart();
    expect((await read('k'))?.stored).toEqual({ rev: 2, record: dead });
  });
});

describe('given a disk that refuses', () => {
  test('when a swap was to be durable, then it rejects, is taken back, and whoever saw it loses too', async () => {
    let full = false;
    const { files } = watchedFiles((step) => full && /^(write|create)/.test(step));
    await restart(files);
    await claim('k');
    await swap('k', 1, { ...RUNNING, state: 'adopted' }, true);
    full = true;
    const swapping = swap('k', 2, { ...RUNNING, state: 'taking' }, true);
    expect((await read('k'))?.stored.rev).toBe(3);
    await expect(swapping).rejects.toBeInstanceOf(StoreUnavailable);
    const adopted = { rev: 4, record: { ...RUNNING, state: 'adopted' } };
    expect((await read('k'))?.stored).toEqual(adopted);
    expect(await swap('k', 3, RUNNING, false)).toEqual({ swapped: false, stored: adopted });
    // Changes that need not be durable still work in memory.
    expect(await claim('other')).toMatchObject({ type: 'claimed' });
    expect(await swap('other', 1, { ...RUNNING, state: 'answered' }, false)).toMatchObject({ swapped: true });
    full = false;
  });
});

describe('given records that move to another store', () => {
  test('when they are listed, adopted and forgotten, then only work that is not over is listed, and it survives', async () => {
    for (const key of ['open', 'over']) await claim(key);
    await swap('open', 1, { ...RUNNING, state: 'adopted', task: { city: '北京' } }, true);
    await swap('over', 1, { ...RUNNING, state: 'answered' }, true);
    const kept = [...adapters.store.records()];
    expect(kept).toEqual([
      {
        key: 'open',
        stored: { rev: 2, record: { ...RUNNING, state: 'adopted', task: { city: '北京' } } },
        expiresAtMs: clock.now() + KEEP,
      },
    ]);
    adapters.store.forget('open');
    expect(await read('open')).toBeUndefined();
    await restart();
    expect(await read('open')).toBeUndefined();
    for (const record of kept) await adapters.store.import(record);
    await restart();
    expect([...adapters.store.records()]).toEqual(kept);
  });
});

describe('given a server that answered many pushes and then rests', () => {
  test('when the minute of their replies is over, then their texts are no longer in memory', async () => {
    const before = await usedHeapBytes();
    for (let number = 0; number < 3_000; number += 1) {
      // The last one is durable: by then all are in the journal.
      const xml = Buffer.alloc(2_000, `${number} `).toString();
      await claim(`k${number}`);
      await swap(`k${number}`, 1, { ...RUNNING, state: 'answered' }, number === 2_999, xml);
    }
    const held = (await usedHeapBytes()) - before;
    await clock.advance(120_000);
    expect(held).toBeGreaterThan(6_000_000);
    // What the journal still writes is held for a moment.
    await eventually(async () => expect((await usedHeapBytes()) - before).toBeLessThan(held / 3));
    expect(await read('k1')).toMatchObject({ stored: { record: { state: 'answered' } } });
  });
});
