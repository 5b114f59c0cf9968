import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FORMAT } from '../../../../src/adapters/file/entry.js';
import { unsynced } from '../../../support/storage/journal-files.js';
import { openJournalFixture, readJournalFixture } from '../../../support/storage/journal-fixture.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-damage-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const NAMES = ['a', 'b', 'c', 'd', 'e', '好'];
const LAST = '0000000001.journal';

/** A journal of one segment, and where each fact's record ends in it. */
async function oneSegment(ground: string): Promise<{ bytes: Buffer; ends: number[] }> {
  const { set, journal, close } = await openJournalFixture(ground);
  const ends: number[] = [];
  for (const name of NAMES) {
    await set(name, `${name}${name}`);
    ends.push(journal.bytes);
  }
  await close();
  return { bytes: await readFile(join(ground, LAST)), ends };
}

describe('given the last segment cut off at any byte', () => {
  test('when it is opened, then every record before the cut is there, and a second start finds nothing to say', async () => {
    const { bytes, ends } = await oneSegment(dir);
    for (let size = 0; size < bytes.length; size += 1) {
      await writeFile(join(dir, LAST), bytes);
      await truncate(join(dir, LAST), size);
      const { facts, said } = await readJournalFixture(dir, unsynced);
      expect([size, [...facts.keys()]]).toEqual([size, NAMES.filter((_, index) => ends[index]! <= size)]);
      // The header's frame ends where the rest of the first write begins: a cut there is no tear.
      expect(said.length).toBeLessThanOrEqual(1);
      expect((await readJournalFixture(dir, unsynced)).said).toEqual([]);
    }
  });
});

describe('given one flipped bit anywhere', () => {
  test.each([
    ['the last segment', false],
    ['an older segment', true],
  ])('when it lies in %s, then only the record it hit may be missing', async (_, older) => {
    const ground = join(dir, 'ground');
    const whole = join(dir, 'whole');
    await mkdir(whole);
    const { bytes, ends } = await oneSegment(whole);
    if (older) {
      const { set, close } = await openJournalFixture(whole);
      await set('newer', 'newer');
      await close();
    }
    for (let at = 0; at < bytes.length; at += 1) {
      await rm(ground, { recursive: true, force: true });
      await cp(whole, ground, { recursive: true });
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      await writeFile(join(ground, LAST), damaged);
      const hit = ends.findIndex((end) => at < end);
      const { facts, said } = await readJournalFixture(ground, unsynced);
      const missing = NAMES.filter((name) => facts.get(name) !== `${name}${name}`);
      expect([at, missing.filter((name) => name !== NAMES[hit])]).toEqual([at, []]);
      expect(said).toHaveLength(1);
      if (!older) continue;
      expect(facts.get('newer')).toBe('newer');
      expect(await readdir(ground)).toContain(`${LAST}.damaged`);
      const again = await readJournalFixture(ground, unsynced);
      expect([[...again.facts.keys()].sort(), again.said]).toEqual([[...facts.keys()].sort(), []]);
    }
  });
});

describe('given a journal that a newer version wrote', () => {
  test('when it is opened, then it is refused with a sentence that says so', async () => {
    const { journal, close } = await openJournalFixture(dir);
    await journal.append(['journal', FORMAT[1] + 1]);
    await close();
    await expect(openJournalFixture(dir)).rejects.toThrow(
      `format ${FORMAT[1] + 1}, this version reads ${FORMAT[1]}`,
    );
  });
});

describe('given a journal of an earlier version, whose files were called logs', () => {
  test('when it is opened, then it is read, and goes on under the new name', async () => {
    await oneSegment(dir);
    await rename(join(dir, LAST), join(dir, '0000000001.log'));
    const { set, close } = await openJournalFixture(dir);
    await set('newer', 'newer');
    await close();
    expect((await readdir(dir)).sort()).toEqual(['0000000001.log', '0000000002.journal']);
    const { facts, said } = await readJournalFixture(dir);
    expect([[...facts.keys()], said]).toEqual([[...NAMES, 'newer'], []]);
  });
});
