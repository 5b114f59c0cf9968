import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../src/cli/run-command-line.js';
import { createSealer } from '../../src/crypto/sealer.js';
import { defineHandler } from '../../src/index.js';
import { toAppId } from '../../src/protocol/ids.js';
import { toPassiveXml } from '../../src/protocol/passive-xml.js';
import { readPush } from '../../src/protocol/push/push.js';
import { RECORDING_PURPOSE, sealedLineOf, type RecordedPush } from '../../src/recording/recorded-push.js';
import { createTestApp, FIXTURE_SETTINGS, type TestApp } from '../support/app/test-app.js';

const KEY = 'a recording key of the tests, 2026';
const echo = defineHandler({
  on: 'message.text',
  handle: ({ push, reply }) => reply.text(`${push.content}!`),
});
const home = process.cwd();

let dir: string;
let app: TestApp | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'replay-'));
  process.chdir(dir);
  process.env['RECORD_KEY'] = '';
});
afterEach(async () => {
  process.chdir(home);
  delete process.env['RECORD_KEY'];
  await app?.close();
  app = undefined;
  await rm(dir, { recursive: true });
});

function xmlOf(content: string, number: number): string {
  return (
    '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
    '<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>' +
    `<Content><![CDATA[${content}]]></Content><MsgId>${number}</MsgId></xml>`
  );
}

/** A line on record: what was typed, and what was replied. */
function recorded(content: string, replied: string, more: Partial<RecordedPush> = {}): RecordedPush {
  const number = content.charCodeAt(0);
  return {
    at: 1_700_000_000_000,
    account: 'default',
    id: `msg-${number}-0123456789abcdef`,
    kind: 'message.text',
    push: xmlOf(content, number),
    status: 200,
    answer: toPassiveXml(
      { type: 'text', content: replied },
      { user: 'oUser', account: 'gh_1' },
      1_700_000_000,
    ),
    ms: 3,
    ...more,
  };
}

async function record(...lines: (RecordedPush | string)[]): Promise<string> {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  await writeFile(join(dir, 'all.jsonl'), `${texts.join('\n')}\n`);
  return 'all.jsonl';
}

async function run(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await runCommandLine(args, {
    out: (text) => (said.out += `${text}\n`),
    err: (text) => (said.err += `${text}\n`),
  });
  return { code, ...said };
}

const SIGNED = '--dev --mode plaintext --speed max'
  .split(' ')
  .concat('--token', FIXTURE_SETTINGS.WECHAT_TOKEN, '--app-id', FIXTURE_SETTINGS.WECHAT_APP_ID);

/** Replays to a server that repeats what it is told, with a "!". */
async function replay(file: string, ...more: string[]) {
  app ??= await createTestApp({ handlers: { echo }, settings: { MAX_PUSH_AGE_S: '0' } });
  return run('replay', file, '--against', `http://127.0.0.1:${app.port}/wechat`, ...SIGNED, ...more);
}

describe('given a recording and a server', () => {
  test('when the answers are as on record, then replay --diff says so and ends with 0, each time', async () => {
    const one = recorded('一', '一!');
    const file = await record(one, recorded('二二', '二二!'), one);
    for (let times = 0; times < 2; times += 1) {
      const { code, out, err } = await replay(file, '--diff');
      expect([code, out]).toEqual([
        0,
        expect.stringMatching(/^3 attempts in .*: 3 answers as recorded, 0 differ\n$/),
      ]);
      expect(err).toMatch(/^These are real users/);
    }
    // Each run is new to the server, and two attempts of one push are one.
    const messages = app?.lines.map(({ message }) => message.split(':')[0]) ?? [];
    expect(messages.filter((message) => message === 'attempt replayed')).toHaveLength(2);
  });

  test('when an answer differs, then it is shown beside the one on record, and the exit code is 1', async () => {
    const { code, out } = await replay(await record(recorded('一', '一!'), recorded('二', '二?')), '--diff');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^line 2 {2}2023-11-14T22:13:20\.000Z {2}message\.text {2}msg-\S+\n {2}ToUserName: oUser\n {2}MsgType: text\n- Content: 二\?\n\+ Content: 二!\n/,
    );
    expect(out).toMatch(/1 answers as recorded, 1 differ\n$/);
  });

  test('when lines are damaged, then each is named by its number, and the others are sent', async () => {
    const file = await record('{"at":1', recorded('一', '一!'), 'junk', '', recorded('二', '二!').push);
    const { code, out, err } = await replay(file, '--diff');
    expect([code, out]).toEqual([0, expect.stringMatching(/^1 attempts/)]);
    expect(err).toMatch(
      /^Line 1 is not a line.*Line 3 is not a line.*Line 5 is not a line.*3 damaged lines/ms,
    );
  });

  test('when lines are damaged and --strict is set, then it stops there', async () => {
    const { code, out, err } = await replay(await record('junk', recorded('一', '一!')), '--strict');
    expect([code, out, err]).toEqual([
      1,
      '',
      'Line 1 is not a line of a recording. Without --strict it is left out.\n',
    ]);
  });

  test('when only what came since a moment, and of one account, is asked for, then the rest is left out', async () => {
    const file = await record(
      recorded('一', '?', { at: 1_600_000_000_000 }),
      recorded('二', '?', { account: 'club' }),
      recorded('三', '三!'),
    );
    const { code, out, err } = await replay(file, '--diff', '--since', '2023-01-01', '--account', 'default');
    expect([code, out]).toEqual([0, expect.stringMatching(/^1 attempts/)]);
    expect(err).toContain('1 attempts of the account club were left out (--account club).');
    expect(await replay(file, '--since', '2h')).toMatchObject({
      code: 1,
      out: '',
      err: 'Nothing was sent: no line matches.\n',
    });
  });

  test('when an answer on record was left open, or 503, then an answer differs from it', async () => {
    const { status, answer, ...open } = recorded('一', '一!');
    expect([status, answer]).toEqual([200, expect.any(String)]);
    const { code, out } = await replay(
      await record(open, recorded('二二', 'x', { status: 503, answer: '' })),
      '--diff',
    );
    expect(code).toBe(1);
    expect(out).toMatch(/- \(left open for 5 s.*- \(status 503\).*2 differ/s);
  });

  test('when it has stand-ins, then shapes are compared', async () => {
    const standIns = true;
    const file = await record(recorded('一', '二!', { standIns }), recorded('一', '二二', { standIns }));
    const { code, out, err } = await replay(file, '--diff');
    expect([code, out]).toEqual([1, expect.stringMatching(/1 answers as recorded, 1 differ/)]);
    expect(err).toBe(
      'The recording has stand-ins: the kind and shape of the answers were compared, not their text.\n',
    );
  });
});

describe('given a recording that cannot be replayed', () => {
  test('when the token is another one, then it stops at the first push and says what differs', async () => {
    const { code, out, err } = await replay(await record(recorded('一', '一!')), '--token', 'another');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/answered 403: Token, EncodingAESKey, cipher mode or AppID differ/);
  });

  test('when nobody listens, then it stops and says so', async () => {
    const file = await record(recorded('一', '一!'));
    const { code, err } = await run('replay', file, '--against', 'http://127.0.0.1:1/wechat', ...SIGNED);
    expect([code, err]).toEqual([1, expect.stringContaining('No answer from http://127.0.0.1:1/wechat: ')]);
  });

  test('when it is sealed, then it takes the right key', async () => {
    const push = readPush(xmlOf('一', 1), toAppId('wx1'));
    if (push === undefined) throw new Error('no push');
    const answer = { status: 200, body: 'success' };
    const exchange = { account: 'default', appId: 'wx1', push, atMs: 1, tookMs: 1, answer };
    const file = await record(sealedLineOf([exchange], createSealer(KEY, RECORDING_PURPOSE)));
    expect(await replay(file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('all.jsonl is sealed. Set RECORD_KEY'),
    });
    process.env['RECORD_KEY'] = KEY.replace('2026', '2027');
    expect(await replay(file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Line 1 does not open'),
    });
    process.env['RECORD_KEY'] = KEY;
    expect(await replay(file)).toMatchObject({ code: 0, out: expect.stringContaining('1 answered') });
  });

  test.each([
    ['absent.jsonl', /^absent\.jsonl cannot be read \(.*ENOENT/],
    ['.', /^\. is not a file\. A folder of recordings: cat/],
  ])('when it is %s, then that is told', async (file, says) => {
    expect(await replay(file)).toMatchObject({ code: 2, err: expect.stringMatching(says) });
  });

  test.each([
    [[], '--against is missing'],
    [['--against', 'ftp://x'], '--against ftp://x is not an http(s) URL'],
    [['--against', 'http://x', '--speed', '0'], '--speed 0: a number above 0'],
    [['--against', 'http://x', '--since', 'May'], '--since May: such as 30m'],
  ])('when it is called with %j, then it says what is wrong', async (args, says) => {
    const file = await record(recorded('一', '一!'));
    expect(await run('replay', file, '--dev', ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(says),
    });
  });
});

describe('given the fixture command', () => {
  const one = recorded('一', '一!');

  test('when it is given an id, then the push is a file, byte for byte', async () => {
    const file = await record('junk', recorded('二二', '二'), one);
    const { code, out, err } = await run('fixture', file, one.id);
    expect([code, out.trim()]).toEqual([0, 'fixtures/pushes/message.text.89abcdef.xml']);
    expect(await readFile(join(dir, out.trim()), 'utf8')).toBe(one.push);
    expect(err).toMatch(/holds what the user wrote/);
    expect(await run('fixture', file, one.id)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/already exists/),
    });
  });

  test('when there is an index, and it is given a MsgId, then the file has its line there', async () => {
    await mkdir(join(dir, 'fixtures'));
    await writeFile(join(dir, 'fixtures', 'INDEX.tsv'), 'file\tMsgType\tEvent or InfoType\tnote\n');
    const { code } = await run('fixture', await record(one), '19968', '--name', 'message.text.one');
    expect(code).toBe(0);
    expect((await readFile(join(dir, 'fixtures', 'INDEX.tsv'), 'utf8')).split('\n')[1]).toBe(
      'message.text.one.xml\ttext\t\trecorded 2023-11-14',
    );
  });

  test('when there is no such push, then it says so', async () => {
    expect(await run('fixture', await record(one), 'msg-7')).toMatchObject({
      code: 1,
      err: 'all.jsonl has no push msg-7.\n',
    });
  });
});
