import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataDirInUse, DataDirUnusable, openFileAdapters } from '../../../../src/adapters/file/index.js';
import { ownFolder } from '../../../../src/adapters/file/folder-owner.js';
import { systemClock } from '../../../../src/ports/clock.js';
import { silentLogger } from '../../../../src/ports/logger.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-owner-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openIn = (folder: string) => openFileAdapters({ dir: folder, clock: systemClock, log: silentLogger });
const CHILD = new URL('../../../support/journal-child.ts', import.meta.url).pathname;

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
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => ownFolder(dir)));
    const owners = results.filter((result) => result.status === 'fulfilled');
    expect(owners.length).toBeLessThanOrEqual(1);
    await Promise.all(owners.map(({ value }) => value.release()));
    await (await ownFolder(dir)).release();
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
  test('when it is opened, then the error names it and the setting', async () => {
    await writeFile(join(dir, 'file'), '');
    const refusal = await openIn(join(dir, 'file', 'data')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataDirUnusable);
    expect(refusal).toMatchObject({
      code: 'data_dir_unusable',
      message: expect.stringMatching(/file\/data.*DATA_DIR/s),
    });
  });
});
