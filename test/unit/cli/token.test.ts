import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApp } from '../../../src/app.js';
import { runCommandLine } from '../../../src/cli/run-command-line.js';
import { readConfig } from '../../../src/config/config.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { startFakeWechatApi, type FakeWechatApi } from '../../support/wechat/fake-wechat-api.js';
import { sparePort } from '../../support/processes/port-of.js';

const TAIL = `_${'T0ken'.repeat(20)}`;

let dir: string;
let fake: FakeWechatApi;
let before: NodeJS.ProcessEnv;
let settings: Record<string, string>;

beforeEach(async () => {
  before = { ...process.env };
  dir = await mkdtemp(join(tmpdir(), 'token-command-'));
  fake = await startFakeWechatApi({ tail: TAIL });
  settings = {
    WECHAT_APP_ID: 'wx0000000000000001',
    WECHAT_APP_SECRET: 'test-secret',
    WECHAT_TOKEN: 'token',
    WECHAT_API_BASE_URLS: fake.url,
    DATA_DIR: dir,
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: String(await sparePort()),
    ADMIN_KEY: 'the-admin-key',
    LATE_REPLY: 'passive-only', // nothing asks for a token by itself
  };
  Object.assign(process.env, settings);
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await fake.close();
  await rm(dir, { recursive: true });
});

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(['token', ...args], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, '--json')).out);

describe('given no server that runs', () => {
  test('when the token is shown, then that of the store, masked, and none is fetched for it', async () => {
    expect((await run('show')).out).toContain('none yet');
    expect(fake.fetches.stable).toBe(0);
    const refreshed = await run('refresh');
    expect(refreshed.code).toBe(0);
    const shown = await run('show');
    expect(shown.out).toMatch(/token\s+1_stab… \(109 characters\)/);
    expect(shown.out).toMatch(/expires\s+in 1 h 59 min, at 20/);
    expect(shown.out).toContain(`the store in ${dir}`);
    for (const { out, err } of [refreshed, shown]) expect(out + err).not.toMatch(/T0ken|test-secret/);
    expect(fake.fetches).toEqual({ stable: 1, forced: 0, ordinary: 0 });
  });

  test('when it is to be revealed, then it is', async () => {
    expect(await json('refresh', '--reveal')).toMatchObject({
      account: 'default',
      channel: 'stable',
      accessToken: `1_stable${TAIL}`,
      length: 109,
      forcedLeft: 20,
    });
  });

  test('when it is forced twice, then the second time is refused with a sentence', async () => {
    expect(await json('refresh', '--force')).toMatchObject({ forcedLeft: 19 });
    const { code, err } = await run('refresh', '--force');
    expect(code).toBe(1);
    expect(err).toContain('20 forced refreshes a day');
  });

  test('when WeChat refuses the fetch, then its sentence is all that is said', async () => {
    fake.failNext('token', {
      type: 'errcode',
      errcode: 40164,
      errmsg: 'invalid ip 203.0.113.7, not in whitelist',
    });
    const { code, err } = await run('refresh');
    expect(code).toBe(1);
    expect(err).toContain('add 203.0.113.7 to the IP whitelist');
    expect(err).not.toContain('    at ');
  });
});

describe('given a server that runs', () => {
  test('when the token is shown or refreshed, then the server is asked', async () => {
    const app = await createApp(readConfig(settings), {
      log: silentLogger,
      handlers: { handlers: [], observers: [] },
    });
    await app.start();
    try {
      expect(await json('show')).toEqual(expect.not.objectContaining({ accessToken: expect.anything() }));
      await app.credentials().tokens.get();
      expect(await json('show', '--account', 'default')).toMatchObject({
        source: `the server at 127.0.0.1:${settings['ADMIN_PORT']}`,
        accessToken: '1_stab…',
      });
      expect(await json('refresh', '--force', '--reveal', '--account', 'wx0000000000000001')).toMatchObject({
        accessToken: `2_stable${TAIL}`,
      });
      expect(await app.credentials().tokens.get()).toBe(`2_stable${TAIL}`);
      process.env['ADMIN_KEY'] = 'another';
      const { code, err } = await run('show');
      expect([code, err]).toEqual([1, expect.stringContaining('has a different ADMIN_KEY')]);
    } finally {
      await app.stop();
    }
  });
});

test.each([
  [[], /show or refresh/],
  [['shwo'], /show or refresh/],
  [['show', '--force'], /--force goes with refresh/],
  [['show', '--account', 'nobody'], /No account "nobody".*default/],
  [['show', '--reveel'], /Did you mean --reveal/],
])('given the arguments %j, when they make no sense, then the way out is told', async (args, text) => {
  const { code, err } = await run(...args);
  expect([code, err]).toEqual([2, expect.stringMatching(text)]);
});
