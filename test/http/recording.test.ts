import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSealer } from '../../src/crypto/sealer.js';
import { defineHandler } from '../../src/index.js';
import { StoreUnavailable } from '../../src/ports/state-store.js';
import { readLine, RECORDING_PURPOSE, type RecordedPush } from '../../src/recording/recorded-push.js';
import { createTestApp, FIXTURE_SETTINGS, USER_TEXT, type TestApp } from '../support/app/test-app.js';
import { eventually } from '../support/time/eventually.js';
import { MemoryStateStore } from '../support/storage/memory-state-store.js';
import { cipherModes, post, textXml, wire } from '../support/wechat/wire-push.js';

const KEY = 'a recording key of the tests, 2026';
const echo = defineHandler({
  on: 'message.text',
  handle: ({ push, reply }) => reply.text(`${push.content}!`),
});

let dir: string;
let app: TestApp | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recording-'));
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await rm(dir, { recursive: true });
});

/** All that was written, once the server has stopped. */
async function stopAndRead(): Promise<string> {
  await app?.close();
  app = undefined;
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));
  return (await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')))).join('');
}

function linesOf(text: string): RecordedPush[] {
  const sealer = createSealer(KEY, RECORDING_PURPOSE);
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const read = readLine(line, sealer);
      return typeof read === 'string' ? [] : read;
    });
}

describe.each(cipherModes)('given RECORD_DIR and RECORD_KEY in %s mode', (mode) => {
  test('when a push comes and comes again, then both attempts and their answers are on record, opened', async () => {
    app = await createTestApp({
      handlers: { echo },
      settings: { WECHAT_CIPHER_MODE: mode, RECORD_DIR: dir, RECORD_KEY: KEY },
    });
    const xml = textXml();
    const first = await post(app.http, wire(xml, { mode }));
    await post(app.http, wire(xml, { mode }));
    expect(first.status).toBe(200);
    const lines = linesOf(await stopAndRead());
    expect(lines.map(({ push, status, account, kind }) => [push, status, account, kind])).toEqual(
      [1, 2].map(() => [xml, 200, 'default', 'message.text']),
    );
    expect(lines[0]?.id).toBe(lines[1]?.id);
    for (const { answer } of lines) expect(answer).toContain(`<Content><![CDATA[${USER_TEXT}!]]></Content>`);
  });

  test.each([KEY, ''])(
    'when the recording is looked at (key: %j), then no secret, signature, key or text of a user stands in it',
    async (key) => {
      app = await createTestApp({
        handlers: { echo },
        settings: { WECHAT_CIPHER_MODE: mode, RECORD_DIR: dir, RECORD_KEY: key },
      });
      const pushed = wire(textXml(), { mode });
      await post(app.http, pushed);
      const text = await stopAndRead();
      expect(text.split('\n')).toHaveLength(2);
      const { signature, msg_signature: other } = pushed.query;
      const secrets = [
        ...Object.values(FIXTURE_SETTINGS).slice(1),
        KEY,
        USER_TEXT,
        'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA',
      ];
      const found = [...secrets, signature, other].filter((secret) => secret && text.includes(secret));
      expect(found).toEqual([]);
    },
  );
});

describe('given RECORD_DIR', () => {
  test('when a push can be stored nowhere, is refused, or is a probe, then the first alone is on record, as 503', async () => {
    const store = new MemoryStateStore();
    store.claim = () => Promise.reject(new StoreUnavailable('claim'));
    app = await createTestApp({
      handlers: { echo },
      storage: { store },
      settings: { RECORD_DIR: dir, RECORD_KEY: KEY },
    });
    expect((await post(app.http, wire(textXml()))).status).toBe(503);
    const forged = wire(textXml());
    await post(app.http, { ...forged, query: { ...forged.query, signature: '0'.repeat(40) } });
    await post(app.http, wire('<xml><ToUserName>gh_1</ToUserName></xml>'));
    expect(linesOf(await stopAndRead()).map(({ status, answer }) => [status, answer])).toEqual([[503, '']]);
  });

  test('when an attempt is left open on purpose, then it is on record without an answer', async () => {
    let finish = (): void => undefined;
    const slow = defineHandler({
      on: 'message.text',
      handle: () => new Promise<undefined>((resolve) => (finish = () => resolve(undefined))),
    });
    const settings = { LATE_REPLY: 'passive-only', RECORD_DIR: dir, RECORD_KEY: KEY };
    app = await createTestApp({ handlers: { slow }, settings });
    const { clock, lines } = app;
    const attempt = post(app.http, wire(textXml())).then(
      () => 'answered',
      () => 'cut off',
    );
    await eventually(async () => {
      await clock.advance(100);
      expect(lines.some(({ fields }) => fields['stage'] === 'held')).toBe(true);
    });
    await clock.advance(6_000);
    expect(await attempt).toBe('cut off');
    finish();
    const [line] = linesOf(await stopAndRead());
    expect([line?.kind, line?.status, line?.answer]).toEqual(['message.text', undefined, undefined]);
  });

  test('when a handler says nothing, then "success" is on record', async () => {
    app = await createTestApp({ settings: { RECORD_DIR: dir, RECORD_KEY: KEY } });
    await post(app.http, wire(textXml()));
    expect(linesOf(await stopAndRead()).map(({ status, answer }) => [status, answer])).toEqual([
      [200, 'success'],
    ]);
  });
});

describe('given a RECORD_DIR that cannot be written', () => {
  test('when pushes come, then they are answered as ever, and one line of the log says that nothing is recorded', async () => {
    app = await createTestApp({ handlers: { echo }, settings: { RECORD_DIR: '/dev/null/recording' } });
    for (let count = 0; count < 3; count += 1) {
      const { text } = await post(app.http, wire(textXml()));
      expect(text).toContain(`${USER_TEXT}!`);
    }
    const { lines } = app;
    await stopAndRead();
    const told = lines.filter(({ message }) => message.startsWith('recording'));
    expect(told.map(({ level, message }) => [level, message.split(':')[0]])).toEqual([
      ['error', 'recording stopped'],
    ]);
  });
});

describe('given no RECORD_DIR', () => {
  test('when a push comes, then nothing is recorded', async () => {
    app = await createTestApp({ handlers: { echo } });
    await post(app.http, wire(textXml()));
    expect(await stopAndRead()).toBe('');
  });
});
