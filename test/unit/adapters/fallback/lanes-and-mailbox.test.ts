import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import { BATCH_SIZE } from '../../../../src/adapters/fallback/write-back.js';
import { openFallback, type Fallback } from '../../../../src/adapters/fallback/fallback.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import {
  StoreUnavailable,
  type LinkedSwap,
  type ClaimRequest,
  type Place,
  type PushRecord,
  type StateStore,
  type SwapRequest,
} from '../../../../src/ports/state-store.js';
import { eventually } from '../../../support/time/eventually.js';
import { FlakyRemote, type Mood } from '../../../support/storage/flaky-adapters.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

const KEEP_MS = 86_400_000;
const PROBE_MS = 300;
const ANN = 'wx1:user:ann';
const RUNNING: PushRecord = { state: 'running', owner: 'me', fence: 1, attempt: 1 };
const ADOPTED: PushRecord = { ...RUNNING, state: 'adopted' };
const FINISHED: PushRecord = { ...ADOPTED, owner: '', messages: [], sent: 0 };
const STASHED: PushRecord = { ...RUNNING, state: 'stashed', owner: '', messages: [] };
const ANSWERED: PushRecord = { ...RUNNING, state: 'answered' };
const DELIVERED: PushRecord = { ...RUNNING, state: 'delivered', owner: '' };

let clock: ManualClock;
let remote: FlakyRemote;
let dir: string;
let one: Fallback;
const open = async () => {
  const openLocal = (folder: string) => openFileAdapters({ dir: folder, clock, log: silentLogger });
  one = await openFallback({ remote, dir, openLocal, clock, log: silentLogger });
  await one.store.heartbeat('me', clock.now() + 600_000).catch(() => undefined);
};
beforeEach(async () => {
  clock = new ManualClock();
  remote = new FlakyRemote();
  dir = await mkdtemp(join(tmpdir(), 'wechat-spill-'));
  await open();
});
afterEach(async () => {
  await one.close();
  await rm(dir, { recursive: true, force: true });
});

/** Each push comes a second after the one before. */
async function claim(id: string, store: StateStore = one.store, more: Partial<ClaimRequest> = {}) {
  await clock.advance(1_000);
  const nowMs = clock.now();
  return store.claim({ key: `wx1:push:${id}`, owner: 'me', nowMs, ttlMs: KEEP_MS, sender: ANN, ...more });
}
const swap = (id: string, rev: number, next: PushRecord, place: Place, more: Partial<SwapRequest> = {}) =>
  one.store.swap({
    key: `wx1:push:${id}`,
    rev,
    next,
    nowMs: clock.now(),
    ttlMs: KEEP_MS,
    durable: true,
    sender: { key: ANN, place },
    ...more,
  });
const idOf = (key: string) => key.slice('wx1:push:'.length);
async function lane(from: string, store: StateStore = one.store): Promise<string[]> {
  const ids = [from];
  for (;;) {
    const ahead = await store.predecessor(ANN, `wx1:push:${ids[0]}`, clock.now());
    if (ahead === undefined) return ids;
    ids.unshift(idOf(ahead.key));
  }
}
async function mailbox(store: StateStore = one.store) {
  const result = await claim('who-asks', store, { readMailbox: true });
  return result.type === 'replayed' ? undefined : result.mailbox?.map(({ key }) => idOf(key));
}
const taken = (id: string, rev: number): LinkedSwap => ({
  key: `wx1:push:${id}`,
  rev,
  next: DELIVERED,
  ttlMs: KEEP_MS,
  sender: { key: ANN, place: 'none' },
});
const stateIn = async (store: StateStore, id: string) =>
  (await store.read(`wx1:push:${id}`, clock.now()))?.stored.record.state;

async function comeBack(): Promise<void> {
  remote.mood = 'up';
  await eventually(async () => {
    await clock.advance(PROBE_MS);
    expect(one.degraded()).toBe(false);
  });
}

/** Claims one batch of the write back; later claims wait for the next one. */
async function claimFirstBatch(): Promise<void> {
  remote.mood = 'away';
  const nowMs = clock.now();
  for (let at = 0; at < BATCH_SIZE; at += 1)
    await one.store.claim({ key: `wx1:push:first-${at}`, owner: 'me', nowMs, ttlMs: KEEP_MS });
}
/** Redis is back, and the first batch is on its way until it is let go. */
async function holdFirstBatch(): Promise<() => void> {
  let letGo = (): void => {};
  remote.holdAnswers = new Promise((resolve) => (letGo = resolve));
  remote.mood = 'up';
  await eventually(async () => {
    await clock.advance(PROBE_MS);
    expect(remote.done).toContain('claim wx1:push:first-0');
  });
  remote.holdAnswers = undefined;
  return letGo;
}

describe('given a lane of which some came before, some during and some after an outage', () => {
  test('when Redis is away, then this process keeps the order of all that it claimed', async () => {
    await claim('before');
    remote.mood = 'away';
    await claim('during');
    expect(await lane('during')).toEqual(['before', 'during']);
    expect((await swap('before', 1, ADOPTED, 'lane')).swapped).toBe(true);
    await claim('later');
    expect(await lane('later')).toEqual(['before', 'during', 'later']);
    expect(await swap('before', 2, DELIVERED, 'none')).toMatchObject({ next: 'wx1:push:during' });
    expect(await lane('later')).toEqual(['during', 'later']);
  });

  test('when Redis is back, then all stand there as they came', async () => {
    await claim('before');
    await claim('ended');
    remote.mood = 'away';
    await claim('during');
    await swap('ended', 1, ANSWERED, 'none');
    await swap('during', 1, FINISHED, 'lane');
    const somebody = await claim('other-process', remote.kept, { owner: 'other' });
    expect(somebody.type).toBe('claimed');
    await comeBack();
    await claim('after');
    expect(await lane('after', remote.kept)).toEqual(['before', 'during', 'other-process', 'after']);
    expect(await lane('after')).toEqual(['before', 'during', 'other-process', 'after']);
  });

  test('when a record is still here and Redis answers, then what came after it waits for it', async () => {
    await claimFirstBatch();
    await claim('spilled');
    await swap('spilled', 1, FINISHED, 'lane');
    const letGo = await holdFirstBatch();
    await claim('newer');
    expect(await stateIn(remote.kept, 'newer')).toBe('running');
    expect(await stateIn(remote.kept, 'spilled')).toBeUndefined();
    expect(await lane('newer')).toEqual(['spilled', 'newer']);
    letGo();
    await comeBack();
    expect(await lane('newer', remote.kept)).toEqual(['spilled', 'newer']);
  });

  test('when a record was handed on to whoever takes it, then it holds nobody up here during the outage', async () => {
    await claim('handed-on');
    await swap('handed-on', 1, FINISHED, 'lane');
    remote.mood = 'away';
    await claim('during');
    expect(await lane('during')).toEqual(['during']);
  });
});

describe('given answers kept for the next message', () => {
  test('when they were kept here, then they are handed out here, and after the outage there, once', async () => {
    remote.mood = 'away';
    for (const id of ['a', 'b', 'c']) await claim(id);
    await swap('b', 1, STASHED, 'mailbox');
    await swap('a', 1, STASHED, 'mailbox');
    expect(await mailbox()).toEqual(['a', 'b']);
    expect(await swap('c', 1, ANSWERED, 'none', { linked: [taken('a', 2)] })).toMatchObject({
      swapped: true,
    });
    await comeBack();
    expect(await mailbox(remote.kept)).toEqual(['b']);
    expect(await stateIn(remote.kept, 'a')).toBe('delivered');
    await claim('d');
    const seen = await remote.kept.read('wx1:push:b', clock.now());
    await swap('d', 1, ANSWERED, 'none', { linked: [taken('b', seen?.stored.rev ?? 0)] });
    expect(await mailbox()).toBeUndefined();
  });

  test('when this process starts again with them here, then they come home with their places', async () => {
    remote.mood = 'away';
    for (const id of ['a', 'b']) await claim(id);
    await swap('b', 1, STASHED, 'mailbox');
    await swap('a', 1, STASHED, 'mailbox');
    await one.close();
    await open();
    await comeBack();
    expect(await mailbox(remote.kept)).toEqual(['a', 'b']);
  });

  test('when they are there and the push is here, then they stay where they are, and it is said', async () => {
    await claim('kept');
    await swap('kept', 1, STASHED, 'mailbox');
    remote.mood = 'away';
    await claim('push');
    expect(await swap('push', 1, ANSWERED, 'none', { linked: [taken('kept', 2)] })).toEqual({
      swapped: false,
      stored: { rev: 1, record: RUNNING },
      linkedConflict: true,
    });
    await swap('push', 1, ANSWERED, 'none');
    await comeBack();
    expect([await stateIn(remote.kept, 'kept'), await mailbox(remote.kept)]).toEqual(['stashed', ['kept']]);
  });

  test.each<Mood>(['away', 'deaf', 'mute'])(
    'when Redis is %s at the moment in which they go along, then nobody knows, and nothing is half done',
    async (mood) => {
      await claim('kept');
      await swap('kept', 1, STASHED, 'mailbox');
      await claim('push');
      remote.mood = mood;
      const swapping = swap('push', 1, ANSWERED, 'none', { linked: [taken('kept', 2)] });
      await expect(swapping).rejects.toBeInstanceOf(StoreUnavailable);
      const done = mood === 'mute';
      expect(await stateIn(remote.kept, 'push')).toBe(done ? 'answered' : 'running');
      expect(await stateIn(remote.kept, 'kept')).toBe(done ? 'delivered' : 'stashed');
    },
  );

  test('when the push is there and they are still here, then they stay, and it is said', async () => {
    await claim('push');
    await claimFirstBatch();
    await claim('kept');
    await swap('kept', 1, STASHED, 'mailbox');
    const letGo = await holdFirstBatch();
    expect(await swap('push', 1, ANSWERED, 'none', { linked: [taken('kept', 2)] })).toEqual({
      swapped: false,
      stored: { rev: 1, record: RUNNING },
      linkedConflict: true,
    });
    letGo();
    await comeBack();
    expect([await stateIn(remote.kept, 'push'), await mailbox(remote.kept)]).toEqual(['running', ['kept']]);
  });
});

describe('given send windows', () => {
  test('when messages are sent during an outage, then they count there when it is over', async () => {
    const nowMs = clock.now();
    const opens = { trigger: 'message', messages: 5, fromMs: nowMs, untilMs: nowMs + KEEP_MS };
    await claim('before', one.store, { grantsQuota: opens });
    remote.mood = 'away';
    const window = { sender: ANN, nowMs, granted: opens };
    expect(await one.store.sendQuota({ ...window, change: 'spend' })).toMatchObject({
      left: 4,
      changed: true,
    });
    expect(await one.store.sendQuota({ ...window, change: 'spend' })).toMatchObject({
      left: 3,
      changed: true,
    });
    const menu = { trigger: 'menu', messages: 3, fromMs: nowMs + 9, untilMs: nowMs + 60_000 };
    await claim('during', one.store, { sender: 'wx1:user:bob', grantsQuota: menu });
    await claim('gone', one.store, { sender: 'wx1:user:eve', revokesQuota: true });
    await comeBack();
    expect(await remote.kept.sendQuota({ sender: ANN, nowMs })).toMatchObject({ left: 3 });
    expect(await remote.kept.sendQuota({ sender: 'wx1:user:bob', nowMs })).toMatchObject({ left: 3 });
    expect(await remote.kept.sendQuota({ sender: 'wx1:user:eve', nowMs, granted: opens })).toMatchObject({
      left: 0,
    });
  });
});

describe('given dead letters', () => {
  const letter = {
    id: 'a',
    appId: 'wx1',
    pushId: 'a',
    user: 'ann',
    kind: 'message.text',
    handler: 'h',
    reason: 'refused',
    detail: '',
    atMs: 1,
    runs: 1,
    push: '<xml/>',
    messages: [],
  };

  test('when one came home and another process drops it, then it is gone here, too', async () => {
    remote.mood = 'away';
    await one.store.putDeadLetter(letter);
    expect(await one.store.deadLetter('a')).toEqual(letter);
    await comeBack();
    await eventually(async () => expect(await remote.kept.deadLetter('a')).toEqual(letter));
    await remote.kept.deleteDeadLetter('a');
    await eventually(async () => expect(await one.store.deadLetters(9)).toEqual([]));
    expect(await one.store.deleteDeadLetter('a')).toBe(false);
  });

  test('when it may be there and Redis is away, then nobody says that there is none', async () => {
    await one.store.putDeadLetter(letter);
    remote.mood = 'away';
    await expect(one.store.deadLetter('a')).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(one.store.deleteDeadLetter('a')).rejects.toBeInstanceOf(StoreUnavailable);
  });
});
