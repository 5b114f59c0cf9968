import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import type { DeferredJob } from '../../../../src/ports/deferred-queue.js';
import { decodeRecord } from '../../../../src/push-record/codec.js';
import { unsynced } from '../../../support/storage/journal-files.js';
import { ANN, SHARED_RECORDS, WRITTEN_MS, key, texts } from '../../../support/storage/format-3.js';
import { ManualClock } from '../../../support/time/manual-clock.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-older-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe.each(['format-3-segment', 'format-3-compacted'])('given a journal of format 3, %s', (name) => {
  const clock = new ManualClock(WRITTEN_MS + 500);
  const open = () => openFileAdapters({ dir, clock, log: silentLogger, files: unsynced });
  let adapters: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    await cp(join('test/support/storage/journals', name), dir, { recursive: true });
    adapters = await open();
  });
  afterEach(() => adapters.close());

  test.each([
    ...SHARED_RECORDS,
    ['ready', { state: 'ready', work: { type: 'messages', sent: 0, messages: texts('ready') } }],
    [
      'queued',
      {
        state: 'queued',
        replied: true,
        intent: 1,
        work: { type: 'messages', sent: 1, messages: texts('one', 'two', 'three') },
      },
    ],
    [
      'queued-task',
      { state: 'queued', runs: 0, work: { type: 'task', handler: 'weather', task: { city: '北京' } } },
    ],
    ['delivering-ready', { state: 'delivering', wasReady: true }],
    ['mailbox-2', { state: 'inMailbox', replied: true, messages: texts('kept two') }],
    ['mailbox-used', { state: 'delivered' }],
    ['dead', { state: 'dead' }],
    ['answer-with-mailbox', { state: 'overrunning', replied: true }],
  ])('when the record "%s" is read, then it says what it said', async (id, record) => {
    const seen = await adapters.store.read(key(id), clock.now());
    expect(seen && decodeRecord(seen.stored.record)).toMatchObject(record);
  });

  test('when its records are asked for, then what was removed is gone and remembered replies are there', async () => {
    expect(await adapters.store.read(key('removed'), clock.now())).toBeUndefined();
    expect(await adapters.store.read(key('answered'), clock.now())).toMatchObject({ body: '<xml>hi</xml>' });
  });

  test('when the user writes again, then the mailbox is handed out, and the lane is in its order', async () => {
    const claim = { owner: 'p2', nowMs: clock.now(), ttlMs: 60_000, sender: ANN, readMailbox: true } as const;
    const claimed = await adapters.store.claim({ ...claim, key: key('new') });
    expect(claimed.type === 'claimed' && claimed.mailbox?.map((entry) => entry.key)).toEqual([
      key('mailbox-1'),
      key('mailbox-2'),
    ]);
    expect(await adapters.store.predecessor(ANN, key('new'), clock.now())).toMatchObject({
      key: key('answer-with-mailbox'),
    });
  });

  test('when the send quota is read, then what was spent, refundable and revoked is known', async () => {
    const nowMs = clock.now();
    expect(await adapters.store.sendQuota({ sender: ANN, nowMs })).toMatchObject({ left: 4 });
    for (const _ of [1, 2]) await adapters.store.sendQuota({ sender: ANN, nowMs, change: 'refund' });
    expect(await adapters.store.sendQuota({ sender: ANN, nowMs })).toMatchObject({ left: 5 });
    expect(await adapters.store.sendQuota({ sender: 'wx1:bob', nowMs })).toMatchObject({ left: 0 });
  });

  test('when a signature comes for another push, then it is a replay, and values are what they were', async () => {
    const replayGuard = { key: 'wx1:used:ready', fingerprint: 'another' };
    const claim = { key: key('x'), owner: 'p2', nowMs: clock.now(), ttlMs: 1_000, replayGuard };
    expect(await adapters.store.claim(claim)).toEqual({ type: 'replayed' });
    expect(await adapters.store.get('kept', clock.now())).toBe('a value');
    expect(await adapters.store.get('gone', clock.now())).toBeUndefined();
  });

  test('when dead letters are listed, then they speak the words of today', async () => {
    expect(await adapters.store.deadLetters(10)).toMatchObject([
      { id: 'letter-sent', reason: 'window-closed', channel: 'customer-service', runs: 3, errcode: 45015 },
      { id: 'letter-hung', reason: 'handler_timeout', task: { city: '上海' } },
      { id: 'letter-mailbox', reason: 'mailbox_expired', channel: 'mailbox', runs: 3 },
    ]);
  });

  test('when jobs are worked on, then all are there but the removed one, and one waits for its doubt', async () => {
    expect([...adapters.queue.waiting()].map(({ job, maybeRemote }) => [job.id, maybeRemote])).toEqual([
      ['msg-overrun', false],
      ['msg-task', false],
      ['msg-again.r1', false],
      ['msg-doubtful', true],
      ['msg-settled', false],
      ['msg-hurried', false],
    ]);
    const jobs = new Map<string, DeferredJob>();
    for (const { job } of adapters.queue.waiting()) jobs.set(job.id, job);
    expect(jobs.get('msg-again.r1')).toMatchObject({ redrive: { sinceMs: WRITTEN_MS + 9 } });
    expect(jobs.get('msg-task')).toMatchObject({ task: { city: '广州' } });
  });

  test('when it is written anew and read again, then nothing is lost', async () => {
    const before = JSON.stringify([...adapters.store.snapshot(), ...adapters.queue.snapshot()]);
    const other = join(dir, 'other');
    const copy = await openFileAdapters({ dir: other, clock, log: silentLogger, files: unsynced });
    for (const part of [copy.store, copy.queue]) for (const entry of JSON.parse(before)) part.replay(entry);
    expect(JSON.stringify([...copy.store.snapshot(), ...copy.queue.snapshot()])).toBe(before);
    await copy.close();
  });
});
