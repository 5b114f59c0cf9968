import { appendFile, readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config/config.js';
import { silentLogger } from '../../src/ports/logger.js';
import { startAccountOnCli, type AccountOnCli } from './support/account-on-cli.js';

let cli: AccountOnCli;
beforeEach(async () => {
  cli = await startAccountOnCli();
});
afterEach(() => cli.stop());

const BATCH_INFO = '/cgi-bin/user/info/batchget';

describe('given users export', () => {
  let file: string;
  let openIds: readonly string[];
  beforeEach(() => {
    file = cli.path('users.jsonl');
    const { followers } = cli.sandbox.state;
    for (let n = 0; n < 247; n += 1) followers.add({ openId: `oUser${n}` });
    followers.change('oUser0', { remark: '老王, "=1+1"', tagIds: [101, 102] });
    openIds = followers.list().map(({ openId }) => openId);
  });
  const written = async (): Promise<{ openid?: unknown }[]> =>
    (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => Object(JSON.parse(line)));

  test('when it runs through, then all followers are in the file, in order, and nothing is left to go on with', async () => {
    expect(await cli.run('users', 'export', file)).toMatchObject({ code: 0, out: `${file}: 250 users.\n` });
    const users = await written();
    expect(users.map(({ openid }) => openid)).toEqual(openIds);
    expect(users[3]).toMatchObject({
      openid: 'oUser0',
      subscribe: 1,
      remark: '老王, "=1+1"',
      tagid_list: [101, 102],
    });
    await expect(stat(`${file}.cursor`)).rejects.toThrow('ENOENT');
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  test('when it fails on the way and something tore the last line, then the same command goes on, and nobody is there twice', async () => {
    const { bus, faults } = cli.sandbox.state;
    const deaf = bus.listen((told) => {
      if (told.event !== 'call' || told.data.path !== BATCH_INFO) return;
      deaf(); // the first hundred came through
      faults.add({ kind: 'quota-spent', path: BATCH_INFO });
    });
    const { code, err } = await cli.run('users', 'export', file);
    expect([code, err]).toEqual([1, expect.stringContaining('45009')]);
    expect(await written()).toHaveLength(100);

    await appendFile(file, '{"openid":"oTor');
    expect(await cli.run('users', 'export', file)).toMatchObject({
      code: 0,
      err: 'Resuming after 100 users.\n',
      out: `${file}: 250 users.\n`,
    });
    expect((await written()).map(({ openid }) => openid)).toEqual(openIds);
  });

  test('when the name ends in .csv, then a spreadsheet can read it, and takes no remark for a formula', async () => {
    cli.sandbox.state.followers.change('oUser1', { remark: '=HYPERLINK("x")' });
    file = cli.path('users.csv');
    expect(await cli.run('users', 'export', file, '--json')).toMatchObject({
      code: 0,
      out: `${JSON.stringify({ file, users: 250 })}\n`,
    });
    const lines = (await readFile(file, 'utf8')).split('\r\n');
    expect(lines[0]).toBe(
      '\uFEFFopenid,unionid,subscribe_time,remark,tagid_list,subscribe_scene,qr_scene,qr_scene_str',
    );
    expect(lines[4]).toMatch(/^oUser0,o6[^,]+,20\d\d-[^,]+Z,"老王, ""=1\+1""",101 102,ADD_SCENE_SEARCH,0,$/);
    expect(lines[5]).toContain(`,"'=HYPERLINK(""x"")",`);
    expect(lines).toHaveLength(252);
  });

  test('when only ids are wanted, then the users are not asked for', async () => {
    expect(await cli.run('users', 'export', file, '--ids-only')).toMatchObject({ code: 0 });
    expect(await written()).toEqual(openIds.map((openid) => ({ openid })));
    expect(cli.sandbox.state.calls.list().map(({ path }) => path)).not.toContain(BATCH_INFO);
  });

  test("when the file is somebody else's, then it is not touched without a word", async () => {
    await appendFile(file, 'mine');
    expect(await cli.run('users', 'export', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('--restart overwrites it'),
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await cli.run('users', 'export', file, '--restart')).toMatchObject({ code: 0 });
    expect(await written()).toHaveLength(250);
  });

  test('when an export is to go on with other content, then it is refused', async () => {
    cli.sandbox.state.faults.add({ kind: 'quota-spent', path: BATCH_INFO });
    expect(await cli.run('users', 'export', file)).toMatchObject({ code: 1 });
    expect(await cli.run('users', 'export', file, '--ids-only')).toMatchObject({
      code: 1,
      err: expect.stringContaining('another account or other content'),
    });
  });

  test.each([
    ['in no folder', 'nowhere/users.csv', 'ENOENT'],
    ['below a file', 'there.txt/users.csv', 'ENOTDIR'],
    ['a folder', '.', 'EISDIR'],
  ])('when the file would be %s, then that is said, without a stack', async (_, name, code) => {
    await appendFile(cli.path('there.txt'), '');
    const path = cli.path(name);
    expect(await cli.run('users', 'export', path, '--restart')).toMatchObject({
      code: 1,
      err: `${path} cannot be written (${code})\n`,
    });
    if (code !== 'EISDIR') expect((await cli.run('users', 'export', path)).err).toContain(code);
  });
});

describe('given templates and quotas', () => {
  test('when templates are listed, then with the fields that a message has to fill', async () => {
    const { code, out } = await cli.run('template', 'list');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^TEMPLATE +TITLE +KIND +FIELDS\nSandboxTemplate\w+ +处理结果通知 +IT科技 \/ 互联网\|电子商务 +thing1, thing2, time3\n$/,
    );
    expect(JSON.parse((await cli.run('template', 'list', '--json')).out)).toMatchObject([
      { title: '处理结果通知' },
    ]);
    expect((await cli.run('template', 'list', '--notices')).out).toContain('one opt-in each');
    expect(await cli.run('template')).toMatchObject({ code: 2 });
  });

  test('when quotas are asked for, then what was used is there, and a path that WeChat does not know is told apart', async () => {
    const all = await cli.run('quota');
    expect(all.code).toBe(0);
    expect(all.out).toMatch(/^\/cgi-bin\/user\/get +0 +\d+ +\d+ +500$/m);
    const asked = await cli.run('quota', '/cgi-bin/menu/create', '/cgi-bin/nothing', '--json');
    expect(asked.code).toBe(1);
    expect(JSON.parse(asked.out)).toMatchObject([
      { path: '/cgi-bin/menu/create', documented: 1_000, used: 0 },
      { path: '/cgi-bin/nothing', refused: expect.stringMatching(/^76021 /) },
    ]);
    expect(await cli.run('quota', 'cgi-bin/menu/create')).toMatchObject({
      code: 2,
      err: expect.stringContaining('begins with a slash'),
    });
  });
});

test("given a server that runs with the same configuration, when a command needs the token, then it is the server's, and its folder is left alone", async () => {
  const app = await createApp(readConfig({ ...cli.env, PORT: '0', HOST: '127.0.0.1' }), {
    log: silentLogger,
    handlers: { handlers: [], observers: [] },
  });
  await app.start();
  try {
    await app.credentials().tokens.get();
    const account = cli.env['WECHAT_APP_ID'] ?? '';
    expect(await cli.run('template', 'list', '--account', account)).toMatchObject({ code: 0 });
    const paths = cli.sandbox.state.calls.list().map(({ path }) => path);
    expect(paths.filter((path) => path === '/cgi-bin/stable_token')).toHaveLength(1);
  } finally {
    await app.stop();
  }
});

test('given no such account, when a command names it, then it says which there are', async () => {
  expect(await cli.run('quota', '--account', 'nobody')).toMatchObject({
    code: 2,
    err: expect.stringContaining('There are: default.'),
  });
});
