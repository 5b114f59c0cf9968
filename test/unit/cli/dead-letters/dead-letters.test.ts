import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import { createApp, type App } from '../../../../src/app.js';
import { runCommandLine } from '../../../../src/cli/run-command-line.js';
import { readConfig } from '../../../../src/config/config.js';
import { systemClock } from '../../../../src/ports/clock.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import type { DeadLetter } from '../../../../src/ports/state-store.js';
import { deadLetter } from '../../../support/storage/dead-letter.js';
import { eventually } from '../../../support/time/eventually.js';
import { startFakeWechatApi, type FakeWechatApi } from '../../../support/wechat/fake-wechat-api.js';
import { sparePort } from '../../../support/processes/port-of.js';
import { USER_TEXT } from '../../../support/app/test-app.js';

const APP_ID = 'wx0000000000000001';

let dir: string;
let fake: FakeWechatApi;
let before: NodeJS.ProcessEnv;
let settings: Record<string, string>;
let app: App | undefined;

beforeEach(async () => {
  before = { ...process.env };
  dir = await mkdtemp(join(tmpdir(), 'dead-letters-'));
  fake = await startFakeWechatApi();
  settings = {
    WECHAT_APP_ID: APP_ID,
    WECHAT_APP_SECRET: 'test-secret',
    WECHAT_TOKEN: 'token',
    WECHAT_API_BASE_URLS: fake.url,
    DATA_DIR: dir,
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: String(await sparePort()),
    ADMIN_KEY: 'the-admin-key',
  };
  Object.assign(process.env, settings);
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await fake.close();
  await rm(dir, { recursive: true });
});

/** Letters of this account, the first one the oldest, an hour apart up to now. */
async function bury(letters: Readonly<Record<string, Partial<DeadLetter>>>): Promise<void> {
  const files = await openFileAdapters({ dir, clock: systemClock, log: silentLogger });
  const entries = Object.entries(letters);
  for (const [n, [id, about]] of entries.entries()) {
    const atMs = Date.now() - (entries.length - 1 - n) * 3_600_000 - 60_000;
    const push = deadLetter(id).push.replace(/<CreateTime>\d+/, `<CreateTime>${Math.floor(atMs / 1000)}`);
    await files.store.putDeadLetter(deadLetter(id, { appId: APP_ID, atMs, push, ...about }));
  }
  await files.close();
}

async function serve(): Promise<void> {
  app = await createApp(readConfig(settings), {
    log: silentLogger,
    handlers: { handlers: [], observers: [] },
  });
  await app.start();
}

async function run(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await runCommandLine(['dead-letters', ...args], {
    out: (text) => void (said.out += `${text}\n`),
    err: (text) => void (said.err += `${text}\n`),
  });
  return { code, ...said };
}
const ids = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await run('list', ...args, '--json')).out).letters.map(({ id }: DeadLetter) => id);

const THREE = {
  a: { reason: 'busy', handler: 'shop' },
  b: { user: 'oOther', errcode: 45015 },
  c: { reason: 'unknown' },
};

describe.each(['no server that runs', 'a server that runs'])('given %s', (where) => {
  const isServed = where === 'a server that runs';
  const begin = async (letters: Readonly<Record<string, Partial<DeadLetter>>>): Promise<void> => {
    await bury(letters);
    if (isServed) await serve();
  };

  test('when letters are listed, then one line each, the newest first, without what anybody said', async () => {
    await begin(THREE);
    const { code, out } = await run('list');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^AT +REASON +ERRCODE +HANDLER +KIND +USER +MESSAGES +ID\n\S+ \S+ +unknown +- .* c\n.* 45015 .* oOther .* b\n.* busy .* a\n$/,
    );
    expect(out).not.toContain(USER_TEXT);
    expect(await run('list', '--limit', '1')).toMatchObject({
      err: expect.stringContaining('There are more'),
    });
    expect(await ids('--reason', 'busy')).toEqual(['a']);
    expect(await ids('--handler', 'shop')).toEqual(['a']);
    expect(await ids('--user', 'oOther')).toEqual(['b']);
    expect(await ids('--since', '90m')).toEqual(['c', 'b']);
    expect(await ids('--since', new Date(Date.now() - 1_800_000).toISOString())).toEqual(['c']);
    expect(await ids('--account', 'default')).toEqual(['c', 'b', 'a']);
    expect(await ids('--account', 'wxOther')).toEqual([]);
  });

  test('when one is shown, then with its texts only where they are asked for', async () => {
    await begin(THREE);
    const bare = await run('show', 'b');
    expect([bare.code, bare.out]).toEqual([0, expect.stringMatching(/^at +20.*\nid +b\n[^]*errcode +45015/)]);
    expect(bare.out).not.toContain(USER_TEXT);
    expect((await run('show', 'b', '--texts')).out).toContain(USER_TEXT);
    expect(await run('show', 'z')).toMatchObject({ code: 1, err: 'z: there is no such letter\n' });
  });

  test('when letters are dropped by id, then they are gone, and what was not there is said', async () => {
    await begin(THREE);
    expect(await run('drop', 'a', 'z')).toMatchObject({
      code: 1,
      out: 'a: dropped\nz: there is no such letter\n',
    });
    expect(await ids()).toEqual(['c', 'b']);
  });

  test('when all are dropped, then only with --yes', async () => {
    await begin(THREE);
    expect(await run('drop', '--all', '--reason', 'busy')).toMatchObject({
      code: 2,
      err: '1 letters match; nothing was done. Add --yes to drop them.\n',
    });
    expect(await ids()).toHaveLength(3);
    expect(await run('drop', '--all', '--yes')).toMatchObject({ code: 0, out: '3 of 3 done.\n' });
    expect(await ids()).toEqual([]);
  });

  test('when all are retried, then the oldest first, and not those that may have arrived', async () => {
    await begin(THREE);
    const { code, out, err } = await run('retry', '--all', '--yes', '--json');
    expect([code, JSON.parse(out)]).toEqual([
      0,
      [
        { id: 'a', outcome: 'retried' },
        { id: 'b', outcome: 'retried' },
      ],
    ]);
    expect(err).toBe(isServed ? '' : 'No server is running here: what is retried is sent once one runs.\n');
    expect(await ids()).toEqual(['c']);
    if (!isServed) await serve();
    await eventually(() =>
      expect(fake.received.map(({ openid }) => openid).toSorted()).toEqual(['oOther', 'oUser']),
    );
    expect(fake.received[0]?.body).toMatchObject({ msgtype: 'text', text: { content: USER_TEXT } });
    expect(await run('retry', 'c', 'a')).toMatchObject({
      code: 1,
      out: 'c: being sent again\na: there is no such letter\n',
    });
  });
});

describe('given a command line that is not understood', () => {
  test.each([
    [[], 'Say what to do'],
    [['bury'], 'Say what to do'],
    [['show'], 'Say which one'],
    [['list', 'a'], 'list takes no ID'],
    [['retry'], 'Say which'],
    [['drop', 'a', '--all'], 'Say which'],
    [['drop', 'a', '--reason', 'busy'], 'Filters go with'],
    [['list', '--since', 'soon'], '--since soon'],
    [['list', '--limit', '0'], '--limit'],
  ])('when it is %j, then exit 2 and a sentence', async (args, sentence) => {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(sentence) });
  });
});
