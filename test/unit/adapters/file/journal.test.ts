import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { disk } from '../../../../src/adapters/file/file-system.js';
import type { FileSystem } from '../../../../src/adapters/file/file-system.js';
import { ManualClock, settle } from '../../../support/time/manual-clock.js';
import { openJournalFixture, readJournalFixture } from '../../../support/storage/journal-fixture.js';
import { watchedFiles } from '../../../support/storage/journal-files.js';
import { eventually } from '../../../support/time/eventually.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-journal-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const names = (count: number) => Array.from({ length: count }, (_, index) => `fact-${index}`);

describe('given many durable appends at once', () => {
  test('when they wait together, then a few syncs serve them all and all of them are kept', async () => {
    const { files, count } = watchedFiles();
    const { set, close } = await openJournalFixture(dir, { files });
    const first = names(64).map((name) => set(name, '1'));
    await first[0];
    const second = names(64).map((name) => set(name, '2'));
    await Promise.all([...first, ...second]);
    expect(count('sync ')).toBeLessThanOrEqual(3);
    await close();
    const { facts } = await readJournalFixture(dir);
    expect([...facts.entries()]).toEqual(names(64).map((name) => [name, '2']));
  });
});

describe('given a disk that takes its time', () => {
  test('when its sync has not returned, then nobody is told that the entry is safe', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let syncing = false;
    const files: FileSystem = {
      ...disk,
      create: async (path) => ({
        ...(await disk.create(path)),
        sync: () => {
          syncing = true;
          return gate;
        },
      }),
    };
    const { set, close } = await openJournalFixture(dir, { files });
    let told = false;
    const setting = set('a', '1').then(() => {
      told = true;
    });
    await eventually(() => expect(syncing).toBe(true));
    await settle();
    expect(told).toBe(false);
    release();
    await setting;
    await close();
  });
});

describe('given a noted entry', () => {
  test('when nobody waits, then it is written soon, without a sync', async () => {
    const { files, count } = watchedFiles();
    const { journal, close } = await openJournalFixture(dir, { files });
    journal.appendLazily(['fact', 'a', '1', 0]);
    expect(count('write')).toBe(0);
    await eventually(() => expect(count('write')).toBe(1));
    expect(count('sync ')).toBe(0);
    await close();
    expect((await readJournalFixture(dir)).facts).toEqual(new Map([['a', '1']]));
  });

  test('when the journal closes, then it is written first, and nothing is taken afterwards', async () => {
    const { journal, close } = await openJournalFixture(dir);
    journal.appendLazily(['fact', 'a', '1', 0]);
    await close();
    journal.appendLazily(['fact', 'b', '1', 0]);
    await expect(journal.append(['fact', 'c', '1', 0])).rejects.toThrow('closed');
    expect((await readJournalFixture(dir)).facts).toEqual(new Map([['a', '1']]));
  });
});

describe('given a disk that fails', () => {
  test.each(['sync ', 'write '])(
    'when one "%s" fails, then the file is never touched again and the append succeeds in a new one',
    async (step) => {
      let broken = false;
      const { files, steps, count } = watchedFiles((seen) => broken && seen === `${step}0000000001.journal`);
      const { set, close } = await openJournalFixture(dir, { files });
      await set('a', '1');
      broken = true;
      await set('b', '2');
      await set('c', '3');
      const failedAt = steps.findLastIndex((seen) => seen === `${step}0000000001.journal`);
      expect(steps.slice(failedAt + 1)).not.toContainEqual(
        expect.stringMatching(/^(write|sync) 0000000001\.journal/),
      );
      // The compaction that follows gives what the old file holds a sound home.
      await eventually(() => expect(count('remove 0000000001.journal')).toBe(1));
      await close();
      const { facts, said } = await readJournalFixture(dir);
      expect([Object.fromEntries(facts), said]).toEqual([{ a: '1', b: '2', c: '3' }, []]);
    },
  );

  test('when the disk is full for a while, then appends reject, the process lives, and later ones are kept', async () => {
    let full = false;
    const { files } = watchedFiles((step) => full && /^(write|create)/.test(step));
    const clock = new ManualClock();
    const { set, facts, journal, close } = await openJournalFixture(dir, { files, clock });
    await set('before', '1');
    full = true;
    const tries = await Promise.allSettled([set('x', '1'), set('y', '1')]);
    expect(tries.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(set('z', '1')).rejects.toThrow('as the test wanted');
    journal.appendLazily(['fact', 'noted', '1', 0]);
    for (const name of ['x', 'y', 'z']) facts.delete(name); // their callers were told
    full = false;
    await set('after', '1');
    await close();
    const read = await readJournalFixture(dir);
    expect(read.facts.get('before')).toBe('1');
    expect(read.facts.get('after')).toBe('1');
  });

  test('when noted entries were lost to a fault, then the compaction after it brings them back', async () => {
    let broken = false;
    const { files, count } = watchedFiles((step) => broken && step.startsWith('write'));
    const { journal, facts, set, close } = await openJournalFixture(dir, { files });
    await set('a', '1');
    broken = true;
    facts.set('noted', '1');
    journal.appendLazily(['fact', 'noted', '1', 0]);
    await expect(journal.sync()).rejects.toThrow('as the test wanted');
    broken = false;
    await set('b', '1');
    await eventually(() => expect(count('rename')).toBe(1));
    await close();
    expect([...(await readJournalFixture(dir)).facts.keys()].sort()).toEqual(['a', 'b', 'noted']);
  });
});

describe('given a journal that is mostly dead', () => {
  test('when it passes its size, then it is compacted beside the work and holds what is alive', async () => {
    const { set, journal, close } = await openJournalFixture(dir, { compactAboveBytes: 20_000 });
    const most: number[] = [];
    for (let round = 0; round < 100; round += 1) {
      await Promise.all(names(20).map((name) => set(name, `${round}`)));
      most.push(journal.bytes);
    }
    await close();
    expect(Math.max(...most)).toBeLessThan(100 * 20 * 30);
    expect(await readdir(dir)).toContainEqual(expect.stringMatching(/^\d{10}\.base$/));
    const { facts, said } = await readJournalFixture(dir);
    expect([...facts.entries()]).toEqual(names(20).map((name) => [name, '99']));
    expect(said).toEqual([]);
  });

  test('when something changes while it is compacted, then that is synced before the old segments are void', async () => {
    const { files, steps } = watchedFiles((step) => {
      if (step === 'write 0000000002.tmp') journal.appendLazily(['fact', 'late', '1', 0]);
      return false;
    });
    const { journal, set, close } = await openJournalFixture(dir, { files, compactAboveBytes: 1 });
    await set('a', '1');
    await eventually(() => expect(steps).toContain('remove 0000000001.journal'));
    const order = [
      'write 0000000002.tmp',
      'write 0000000003.journal',
      'sync 0000000003.journal',
      'rename 0000000002.base',
      'remove 0000000001.journal',
    ];
    expect(steps.filter((step) => order.includes(step)).slice(0, 5)).toEqual(order);
    await close();
  });

  test('when every step in turn is the last one of the process, then all that was acknowledged is there', async () => {
    let total = Infinity;
    for (let last = 1; last <= total; last += 1) {
      const ground = await mkdtemp(join(dir, 'step-'));
      let dead = false;
      const { files, steps } = watchedFiles((_, count) => (dead ||= count > last));
      const { set, close } = await openJournalFixture(ground, { files, compactAboveBytes: 500 });
      const acknowledged = new Map<string, string>();
      for (let round = 0; round < 30; round += 1) {
        const name = `fact-${round % 7}`;
        try {
          await set(name, `${round}`);
          acknowledged.set(name, `${round}`);
        } catch {
          break;
        }
      }
      await close();
      if (!dead) total = steps.length;
      const read = await readJournalFixture(ground);
      // The one that failed may have been kept as well: nobody was told that it was not.
      for (const [name, value] of acknowledged)
        expect([last, name, Number(read.facts.get(name)) >= Number(value)]).toEqual([last, name, true]);
    }
    expect(total).toBeGreaterThan(60);
  });
});
