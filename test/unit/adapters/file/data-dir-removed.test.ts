import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataDirInUse, openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import { systemClock } from '../../../../src/ports/clock.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { eventually } from '../../../support/time/eventually.js';
import { captureLog } from '../../../support/app/handler-runtime.js';

let ground: string;
let dir: string;
beforeEach(async () => {
  ground = await mkdtemp(join(tmpdir(), 'wechat-lost-'));
  dir = join(ground, 'data');
});
afterEach(() => rm(ground, { recursive: true, force: true }));

const open = (log = silentLogger) => openFileAdapters({ dir, clock: systemClock, log });
const job = (id: string) => ({
  id,
  appId: 'wx1',
  pushId: id,
  user: 'o1',
  push: '<xml/>',
  receivedAtMs: 0,
  handler: 'slow',
  reason: 'overrun' as const,
});

describe('given a journal whose folder goes while it is in use', () => {
  const ways: [string, () => Promise<void>][] = [
    ['removed', () => rm(dir, { recursive: true })],
    ['moved away', () => rename(dir, join(ground, 'elsewhere'))],
  ];
  test.each(ways)('when it was %s, then work is refused, and one error says why', async (_, lose) => {
    const log = captureLog();
    const { queue, failing, close } = await open(log);
    await queue.put(job('kept'));
    expect(failing()).toBe(false);
    await lose();
    for (const id of ['x', 'y']) await expect(queue.put(job(id))).rejects.toThrow();
    expect(failing()).toBe(true);
    const errors = log.lines.filter(({ level }) => level === 'error');
    expect(errors).toEqual([
      expect.objectContaining({
        fields: { err: expect.objectContaining({ message: expect.stringContaining('disappeared') }) },
      }),
    ]);
    await close();
  });

  test.each(ways)('when it was %s and nobody works, then it is noticed all the same', async (_, lose) => {
    const { queue, failing, close } = await open();
    await queue.put(job('kept'));
    await lose();
    await eventually(() => expect(failing()).toBe(true));
    await close();
  });

  test('when it comes back, then it is used again by itself, and all that was kept is in it', async () => {
    const { queue, failing, close } = await open();
    await queue.put(job('kept'));
    await rm(dir, { recursive: true });
    await expect(queue.put(job('refused'))).rejects.toThrow();
    await mkdir(dir);
    await eventually(() => expect(failing()).toBe(false));
    await queue.put(job('after'));
    await expect(open()).rejects.toThrow(DataDirInUse);
    await eventually(async () => expect(await readdir(dir)).toContainEqual(expect.stringContaining('.base')));
    await close();
    const again = await open();
    expect(await again.queue.size()).toBe(2);
    await again.close();
  });

  test('when another process has it by then, then both go on as they were', async () => {
    const { queue, failing, close } = await open();
    await queue.put(job('kept'));
    await rename(dir, join(ground, 'elsewhere'));
    const other = await open();
    await other.queue.put(job('of the other'));
    await expect(queue.put(job('refused'))).rejects.toThrow();
    expect(failing()).toBe(true);
    expect(await other.queue.size()).toBe(1);
    await Promise.all([close(), other.close()]);
  });

  test('when only its file was cut, then a new one takes over and nothing is lost', async () => {
    const { queue, failing, close } = await open();
    await queue.put(job('kept'));
    for (const name of await readdir(dir)) if (name.endsWith('.journal')) await rm(join(dir, name));
    await queue.put(job('after'));
    expect(failing()).toBe(false);
    await eventually(async () => expect(await readdir(dir)).toContainEqual(expect.stringContaining('.base')));
    await close();
    const again = await open();
    expect(await again.queue.size()).toBe(2);
    await again.close();
  });
});
