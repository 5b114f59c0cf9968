import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { disk, type FileSystem } from '../../../../../src/adapters/file/file-system.js';
import {
  createFileRecorder,
  type FileRecorderOptions,
} from '../../../../../src/adapters/file/recording/file-recorder.js';
import { toAppId } from '../../../../../src/protocol/ids.js';
import { readPush, type Push } from '../../../../../src/protocol/push/push.js';
import { createSealer } from '../../../../../src/crypto/sealer.js';
import {
  readLine,
  RECORDING_PURPOSE,
  type RecordedPush,
} from '../../../../../src/recording/recorded-push.js';
import { captureLog, type LogLine } from '../../../../support/app/handler-runtime.js';
import { eventually } from '../../../../support/time/eventually.js';
import { ManualClock } from '../../../../support/time/manual-clock.js';

const DAY_MS = 86_400_000;
const BEGAN = 'recording began: pushes and their answers are kept';
const KEY = 'a key of these tests, long enough';
const appId = toAppId('wx0000000000000001');

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recording-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function pushOf(number: number, content = `text ${number}`): Push {
  const push = readPush(
    `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oUser${number}]]></FromUserName>` +
      `<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
      `<Content><![CDATA[${content}]]></Content><MsgId>${number}</MsgId></xml>`,
    appId,
  );
  if (push === undefined) throw new Error('no push');
  return push;
}

function setUp(over: Partial<FileRecorderOptions> = {}) {
  const log = captureLog();
  const clock = new ManualClock(1_700_000_000_000);
  const options = { dir, key: KEY, maxBytes: 8 * 1_048_576, maxAgeMs: 7 * DAY_MS, clock, log, ...over };
  const recorder = createFileRecorder(options);
  const record = (number: number, content?: string) =>
    recorder.record({
      account: 'default',
      appId,
      push: pushOf(number, content),
      atMs: clock.now(),
      tookMs: 1,
      answer: { status: 200, body: 'success' },
    });
  return { recorder, record, clock, log };
}

const faults = (lines: readonly LogLine[]) => lines.filter(({ level }) => level !== 'info');

const segments = async (): Promise<string[]> =>
  (await readdir(dir)).filter((name) => name.startsWith('recording-')).toSorted();

async function recorded(): Promise<RecordedPush[]> {
  const texts = await Promise.all((await segments()).map((name) => readFile(join(dir, name), 'utf8')));
  const lines = texts.join('').trimEnd().split('\n');
  return lines.flatMap((text) => {
    const read = readLine(text, createSealer(KEY, RECORDING_PURPOSE));
    if (typeof read === 'string') throw new Error(read);
    return read;
  });
}

async function totalBytes(): Promise<number> {
  const sizes = await Promise.all((await segments()).map(async (name) => (await stat(join(dir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('given a folder that is not there yet', () => {
  test('when pushes are recorded, then after a moment their lines are in a file that its owner alone may read', async () => {
    const { recorder, record, clock, log } = setUp({ dir: join(dir, 'new', 'folder') });
    dir = join(dir, 'new', 'folder');
    recorder.start();
    for (let number = 0; number < 40; number += 1) record(number);
    await clock.advance(1_000);
    await eventually(async () => expect((await recorded()).length).toBe(40));
    await recorder.close();
    expect((await recorded()).map(({ push }) => readPush(push, appId)?.id)).toEqual(
      Array.from({ length: 40 }, (_, number) => pushOf(number).id),
    );
    const [name = ''] = await segments();
    expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dir, name), 'utf8')).not.toMatch(/oUser|text \d/);
    expect(log.lines.map(({ message }) => message)).toEqual([BEGAN]);
  });

  test('when the server stops, then what waits is written first', async () => {
    const { recorder, record } = setUp();
    record(1);
    await recorder.close();
    record(2);
    expect((await recorded()).map(({ id }) => id)).toEqual([pushOf(1).id]);
  });
});

describe('given no key', () => {
  test('when two processes record the same push, then its stand-ins are the same in both', async () => {
    const [one, two] = [
      setUp({ key: undefined }),
      setUp({ key: undefined, clock: new ManualClock(1_700_000_001_000) }),
    ];
    one.record(1, '只有用户知道的话');
    two.record(1, '只有用户知道的话');
    await Promise.all([one.recorder.close(), two.recorder.close()]);
    const [first, second] = await recorded();
    expect([second?.id, second?.push]).toEqual([first?.id, first?.push]);
    expect([first?.standIns, first?.push]).toEqual([true, expect.not.stringMatching(/用户|oUser1/)]);
    expect((await stat(join(dir, 'stand-ins.key'))).mode & 0o777).toBe(0o600);
  });

  test('when the key of the stand-ins was cut off, then recording stops and the line says which file to remove', async () => {
    await writeFile(join(dir, 'stand-ins.key'), 'short');
    const { recorder, record, clock, log } = setUp({ key: undefined });
    record(1);
    const closed = recorder.close();
    await eventually(async () => {
      await clock.advance(1_000);
      expect(recorder.failed()).toBe(true);
    });
    await closed;
    expect(String(log.lines[0]?.fields['err'])).toMatch(/stand-ins\.key has 5 bytes, not 32: remove it/);
  });
});

describe('given bounds', () => {
  test('when more is recorded than they allow, then the oldest is dropped, and never more is there than they allow', async () => {
    const { recorder, record } = setUp();
    const long = 'x'.repeat(40_000);
    for (let number = 0; number < 300; number += 1) record(number, long);
    await recorder.close();
    expect(await totalBytes()).toBeLessThanOrEqual(8 * 1_048_576);
    const kept = (await recorded()).map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept).toEqual(
      Array.from({ length: 300 }, (_, number) => pushOf(number, long).id).slice(-kept.length),
    );
  });

  test('when days pass without a push, then what is too old is removed all the same', async () => {
    const { recorder, record, clock } = setUp();
    await writeFile(join(dir, 'notes.txt'), 'not ours');
    recorder.start();
    record(1);
    await clock.advance(1_000);
    await eventually(async () => expect(await segments()).toHaveLength(1));
    for (let hours = 0; hours < 7 * 24; hours += 1) await clock.advance(3_600_000);
    await eventually(async () => {
      await clock.advance(3_600_000);
      expect(await segments()).toEqual([]);
    });
    await recorder.close();
    expect(await readdir(dir)).toEqual(['notes.txt']);
  });

  test('when more waits than memory is meant for it, then the rest is dropped with one warning, and recording goes on', async () => {
    const { recorder, record, clock, log } = setUp({ maxBytes: 64 * 1_048_576 });
    const long = 'x'.repeat(250_000);
    for (let number = 0; number < 200; number += 1) record(number, long);
    await clock.advance(1_000);
    await eventually(async () => expect((await recorded()).length).toBeGreaterThan(100));
    await eventually(() => expect(faults(log.lines)).toHaveLength(1));
    record(1_000);
    await recorder.close();
    const ids = (await recorded()).map(({ id }) => id);
    expect(ids.at(-1)).toBe(pushOf(1_000).id);
    expect(ids.length - 1 + Number(faults(log.lines)[0]?.fields['dropped'])).toBe(200);
    expect(recorder.failed()).toBe(false);
  });
});

describe('given a disk that is full after a while', () => {
  /** Every file takes so many writes. */
  function fullAfter(writes: number, counted = { writes: 0 }): FileSystem & { counted: { writes: number } } {
    const full = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    return {
      ...disk,
      counted,
      async create(path) {
        const file = await disk.create(path);
        return {
          ...file,
          write: (bytes) => ((counted.writes += 1) > writes ? full() : file.write(bytes)),
        };
      },
    };
  }

  test('when it refuses a write, then one line says so, nothing is recorded from then on, and no push is harmed', async () => {
    const files = fullAfter(1);
    const { recorder, record, clock, log } = setUp({ files });
    record(1);
    await clock.advance(1_000);
    await eventually(async () => expect(await recorded()).toHaveLength(1));
    record(2);
    await clock.advance(1_000);
    await eventually(() => expect(recorder.failed()).toBe(true));
    for (let number = 3; number < 100; number += 1) record(number);
    await clock.advance(8 * 3_600_000);
    await recorder.close();
    expect(files.counted.writes).toBe(2);
    expect(
      faults(log.lines).map(({ level, message, fields }) => [level, message.split(':')[0], fields['code']]),
    ).toEqual([['error', 'recording stopped', 'ENOSPC']]);
    expect(JSON.stringify(log.lines)).not.toMatch(/oUser|text \d/);
    expect((await recorded()).map(({ id }) => id)).toEqual([pushOf(1).id]);
  });
});

describe('given an app of a command, which no push reaches', () => {
  test('when it is closed, then no folder was made', async () => {
    const { recorder } = setUp({ dir: join(dir, 'absent') });
    await recorder.close();
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('given a path that can be no folder', () => {
  test('when recording starts, then it stops with one line, before the first push', async () => {
    await writeFile(join(dir, 'file'), '');
    const { recorder, record, log } = setUp({ dir: join(dir, 'file') });
    recorder.start();
    await eventually(() => expect(recorder.failed()).toBe(true));
    record(1);
    await recorder.close();
    expect(log.lines.map(({ message }) => message.split(':')[0])).toEqual(['recording stopped']);
  });
});
