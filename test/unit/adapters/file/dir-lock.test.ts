import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  DataDirInUse,
  DataDirUnusable,
  openFileAdapters,
} from '../../../../src/adapters/file/file-adapters.js';
import { acquireDirLock } from '../../../../src/adapters/file/dir-lock.js';
import { openFallback } from '../../../../src/adapters/fallback/fallback.js';
import { systemClock } from '../../../../src/ports/clock.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { FlakyRemote } from '../../../support/storage/flaky-adapters.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-owner-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openIn = (folder: string) => openFileAdapters({ dir: folder, clock: systemClock, log: silentLogger });
let closedRemotes = 0;
const openSpill = (folder: string) =>
  openFallback({
    remote: Object.assign(new FlakyRemote(), { close: async () => void (closedRemotes += 1) }),
    dir: folder,
    openLocal: openIn,
    clock: systemClock,
    log: silentLogger,
  });
const CHILD = new URL('../../../support/processes/journal-child.ts', import.meta.url).pathname;

describe('given a folder with an owner', () => {
  test('when a second one opens it, then it is refused with the way out, until the first has closed', async () => {
    const first = await openIn(dir);
    const refusal = await openIn(dir).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataDirInUse);
    expect(refusal).toMatchObject({ code: 'data_dir_in_use', message: expect.stringContaining('REDIS_URL') });
    await first.close();
    await (await openIn(dir)).close();
  });

  test('when ten contend at once, then at most one has it', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => acquireDirLock(dir)));
    const owners = results.filter((result) => result.status === 'fulfilled');
    expect(owners.length).toBeLessThanOrEqual(1);
    await Promise.all(owners.map(({ value }) => value.release()));
    await (await acquireDirLock(dir)).release();
  });

  test('when its path is too long for a socket, then there is still one owner only', async () => {
    const long = join(dir, 'x'.repeat(120));
    const first = await openIn(long);
    await expect(openIn(long)).rejects.toBeInstanceOf(DataDirInUse);
    await first.close();
    await (await openIn(long)).close();
  });
});

describe('given an owner in another process', () => {
  test('when it lives it is respected, and when it was killed its socket file is in nobody’s way', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, dir, 'p'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.stdout.resume();
    try {
      await expect(openIn(dir)).rejects.toBeInstanceOf(DataDirInUse);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    expect(await readdir(dir)).toContainEqual(expect.stringMatching(/\.sock$/));
    await (await openIn(dir)).close();
    expect(await readdir(dir)).not.toContainEqual(expect.stringMatching(/\.sock$/));
  });
});

describe('given a path that cannot be a folder', () => {
  const underFile = async () => {
    await writeFile(join(dir, 'file'), '');
    return join(dir, 'file', 'data');
  };
  test.each<[string, () => Promise<string>]>([
    ['under a file', underFile],
    ['a file', async () => dirname(await underFile())],
    ['where no folder can be made', () => Promise.resolve('/proc/nowhere/data')],
    ['a folder that is none of ours', () => Promise.resolve('/proc')],
  ])('when it is %s, then the error names it and the setting', async (_, make) => {
    closedRemotes = 0;
    const path = await make();
    for (const open of [openIn, openSpill]) {
      const refusal = await open(path).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DataDirUnusable);
      expect(refusal).toMatchObject({
        code: 'data_dir_unusable',
        message: expect.stringMatching(/DATA_DIR/),
      });
      expect(String(refusal)).toContain(path);
    }
    expect(closedRemotes).toBe(1);
  });

  test('when its parents are absent, then they are made, for this user only', async () => {
    const path = join(dir, 'a', 'b', 'c');
    const both = await Promise.allSettled([openIn(path), openIn(join(dir, 'a', 'b', 'd'))]);
    for (const one of both) if (one.status === 'fulfilled') await one.value.close();
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o700);
  });
});
