import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startFakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { endProcess } from '../support/processes/end-process.js';
import { sparePort } from '../support/processes/port-of.js';
import { eventually } from '../support/time/eventually.js';

const MAIN = resolve('dist/src/cli/main.js');
const children = new Set<ChildProcess>();
let folder: string; // not the repository: the command line runs from anywhere

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wechat-callback-cli-'));
  mkdirSync(join(folder, 'handlers'));
});
afterEach(async () => {
  await Promise.all([...children].map((child) => endProcess(child)));
  children.clear();
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const seen = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (seen.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (seen.err += text));
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...seen }));
  return { child, seen, ended };
}
const run = (args: readonly string[], env?: Record<string, string>) => start(args, env).ended;

const logged = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Record<string, unknown> => JSON.parse(line));

const account = {
  WECHAT_APP_ID: 'wx-cli',
  WECHAT_TOKEN: 'cli-token',
  WECHAT_APP_SECRET: 'cli-secret',
  WECHAT_ENCODING_AES_KEY: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
};

describe('given the built command line', () => {
  test.each([
    ['its terminal', ['serve'], { LANG: 'zh_CN.UTF-8' }],
    ['--lang', ['serve', '--lang', 'zh'], { LANG: 'en_US.UTF-8' }],
  ])('when %s asks for Chinese, then a failed start is told in Chinese', async (_, args, language) => {
    const { code, err } = await run(args, language);
    expect([code, err.split('\n').slice(0, 2)]).toEqual([
      78,
      ['配置有 2 处错误：', '  - 没有设置 WECHAT_APP_ID。请填账号的 AppID，与公众号后台一致。'],
    ]);
  });

  test('when its port is taken, then that is told in the language of the terminal', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { code, err } = await run(['serve'], {
      ...account,
      HOST: '127.0.0.1',
      PORT: port,
      ADMIN_PORT: '0',
      LANG: 'zh_CN.UTF-8',
    });
    taken.close();
    expect(code).toBe(1);
    expect(err).toContain(`服务无法启动：127.0.0.1:${port} 已被另一个进程占用。`);
  });

  test('when the configuration has faults, then all are told in one screen without a stack, and the exit code is 78', async () => {
    const { code, out, err } = await run(['serve'], { PORT: 'eighty', WECHAT_TOKN: 'x' });
    expect(code).toBe(78);
    expect(out).toBe('');
    expect(err).toMatch(/PORT is "eighty"[\s\S]*WECHAT_APP_ID is missing[\s\S]*WECHAT_TOKN/);
    expect(err).not.toMatch(/^\s+at /m);
    expect(err.split('\n').length).toBeLessThan(24);
  });

  test('when an option is misspelt, then the exit code is 2', async () => {
    expect(await run(['serve', '--rol', 'all'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Did you mean --role/),
    });
  });

  test('when a server is served and pushes are sent to it, then the answers are shown opened, and SIGTERM ends it well', async () => {
    const handlers = mkdtempSync(join(folder, 'handlers-'));
    writeFileSync(join(handlers, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(handlers, 'echo.js'),
      `export default { on: 'message.text', handle: (ctx) => ctx.reply.text('heard: ' + ctx.push.content) };`,
    );
    writeFileSync(
      join(handlers, 'throws.js'),
      `export default { on: 'event.click', handle() { throw new RangeError('as it happens'); } };`,
    );
    const env = {
      ...account,
      PORT: String(await sparePort()),
      ADMIN_PORT: String(await sparePort()),
      HANDLERS_DIR: handlers,
    };
    const server = start(['serve'], { ...env, HOST: '127.0.0.1', DATA_DIR: join(folder, 'data') });
    await eventually(() => expect(server.seen.out).toContain('"ready"'));

    const routes = await run(['routes', '--json'], env);
    expect(JSON.parse(routes.out)).toEqual([
      expect.objectContaining({ on: 'event.click', name: 'throws' }),
      expect.objectContaining({ on: 'message.text', name: 'echo' }),
    ]);

    const answered = await run(['send', 'message.text', '--field', 'Content=007 令😀'], env);
    expect(answered).toMatchObject({ code: 0, err: '' });
    expect(answered.out).toMatch(/^200 in \d+ ms: a sealed reply with a correct MsgSignature/);
    expect(answered.out).toContain('heard: 007 令😀');

    const threw = await run(['send', 'event.click'], env);
    expect(threw).toMatchObject({ code: 0, out: expect.stringContaining('success') });
    expect(threw.err).toContain('A handler threw, so no reply was sent: throws (RangeError)');

    const silent = await run(['send', 'event.view', '--times', '2'], env);
    expect(silent.err).toBe('');
    expect(silent.code).toBe(0);
    expect(silent.out.match(/success: accepted/g)).toHaveLength(2);

    const refused = await run(['send', 'message.text', '--token', 'another'], env);
    expect(refused).toMatchObject({ code: 1, out: expect.stringMatching(/^403 in .*refused/) });

    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(server.seen.out).toContain('"stopped"');
    expect(server.seen.out).not.toMatch(/cli-token|cli-secret|heard: |令😀/);
  });

  test('when the reader of its log goes away, then the server still answers, and SIGTERM still ends it', async () => {
    const env = { ...account, PORT: String(await sparePort()), ADMIN_PORT: String(await sparePort()) };
    const server = start(['serve'], { ...env, HOST: '127.0.0.1', DATA_DIR: join(folder, 'data-unread') });
    await eventually(() => expect(server.seen.out).toContain('"ready"'));
    server.child.stdout.destroy();

    expect(await run(['send', 'event.view', '--times', '3'], env)).toMatchObject({ code: 0 });
    server.child.kill('SIGTERM');
    expect(await once(server.child, 'exit')).toEqual([0, null]);
  });

  test('when doctor is asked beside a server, then it says what it asks, finds nothing wrong, and ends, whatever handlers keep open', async () => {
    const handlers = mkdtempSync(join(folder, 'handlers-'));
    writeFileSync(
      join(handlers, 'open.mjs'),
      `setInterval(() => {}, 1000);\nexport default { on: 'message.text', handle: () => undefined };`,
    );
    const api = await startFakeWechatApi({ appId: account.WECHAT_APP_ID, secret: account.WECHAT_APP_SECRET });
    const env = {
      ...account,
      HOST: '127.0.0.1',
      PORT: String(await sparePort()),
      ADMIN_PORT: String(await sparePort()),
      HANDLERS_DIR: handlers,
      DATA_DIR: join(folder, 'data-doctor'),
      WECHAT_API_BASE_URLS: api.url,
      ALARM_DISK_MB: '1',
    };
    const server = start(['serve'], env);
    await eventually(() => expect(server.seen.out).toContain('"ready"'));

    const well = await run(['doctor', '--json'], { ...env, LANG: 'zh_CN.UTF-8' });
    expect(JSON.parse(well.out)).toMatchObject({ ok: true, first: null });
    expect([well.code, well.err]).toEqual([0, expect.stringContaining('接下来会访问：')]);

    const sick = await run(['doctor'], { ...env, WECHAT_TOKEN: 'another', LANG: 'C' });
    expect(sick.code).toBe(1);
    expect(sick.out).toMatch(/^Fix this first:\n✗ token {2}the running server has a different Token/);

    writeFileSync(join(handlers, 'leaves.mjs'), 'process.exit(0);');
    const cut = await run(['doctor'], env);
    expect([cut.code, cut.err]).toEqual([
      1,
      expect.stringContaining('the handler "leaves" called process.exit'),
    ]);
    await api.close();
    server.child.kill('SIGTERM');
    expect(await once(server.child, 'exit')).toEqual([0, null]);
  });

  test('when a server starts with the handlers of its working directory, then it says from where, and how late answers travel', async () => {
    const env = { ...account, PORT: String(await sparePort()), ADMIN_PORT: String(await sparePort()) };
    const server = start(['serve'], { ...env, HOST: '127.0.0.1', DATA_DIR: join(folder, 'data-own') });
    await eventually(() => expect(server.seen.out).toContain('"ready"'));
    expect(logged(server.seen.out).find(({ msg }) => msg === 'ready')).toMatchObject({
      handlersDir: join(realpathSync(folder), 'handlers'),
      handlers: 0,
      lateReplies: ['default: passive-only (not-known-yet)'],
    });
    server.child.kill('SIGTERM');
    expect(await once(server.child, 'exit')).toEqual([0, null]);
  });

  test('when there is no folder of handlers, then it is named with what to do, and the exit code is 78', async () => {
    const env = {
      ...account,
      PORT: String(await sparePort()),
      ADMIN_PORT: String(await sparePort()),
      HANDLERS_DIR: 'elsewhere',
    };
    const { code, out, err } = await run(['serve'], { ...env, DATA_DIR: join(folder, 'data-none') });
    expect([code, out]).toEqual([78, '']);
    expect(err).toMatch(/elsewhere: is not there: make it.*HANDLERS_DIR.*--demo/);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('when a handler is an ES module where package.json says CommonJS, then both ways out are told', async () => {
    const project = join(folder, 'commonjs');
    mkdirSync(join(project, 'handlers'), { recursive: true });
    writeFileSync(join(project, 'package.json'), '{"type":"commonjs"}');
    writeFileSync(join(project, 'handlers', 'hello.js'), "export default { on: 'message.text' };\n");
    const { code, out, err } = await run(['routes'], { HANDLERS_DIR: join(project, 'handlers') });
    expect(code).not.toBe(0);
    expect(out + err).toMatch(/hello\.js: is an ES module.*"type": "module".*\.mjs/);
    expect(out + err).toContain(`at ${join(realpathSync(project), 'handlers', 'hello.js')}:1`);
  });

  test('when the demo is asked for, then it answers where no handler of the folder does, and the log warns', async () => {
    const handlers = mkdtempSync(join(folder, 'handlers-'));
    writeFileSync(
      join(handlers, 'all.mjs'),
      `export default { on: 'message', when: ({ content }) => content === '帮助', handle: ({ reply }) => reply.text('mine') };`,
    );
    const env = {
      ...account,
      PORT: String(await sparePort()),
      ADMIN_PORT: String(await sparePort()),
      HANDLERS_DIR: handlers,
    };
    const server = start(['serve', '--demo'], {
      ...env,
      HOST: '127.0.0.1',
      DATA_DIR: join(folder, 'data-demo'),
    });
    await eventually(() => expect(server.seen.out).toContain('demo handlers'));
    const answerTo = async (text: string) =>
      (await run(['send', 'message.text', '--field', `Content=${text}`], env)).out;
    expect(await answerTo('帮助')).toContain('mine');
    expect(await answerTo('你好')).toContain('CDATA[你好]');
    server.child.kill('SIGTERM');
    expect(await once(server.child, 'exit')).toEqual([0, null]);
  });

  test('when both ports are taken, then both are named at once', async () => {
    const taken = [createServer(), createServer()];
    const ports: string[] = [];
    for (const one of taken) {
      one.listen(0, '127.0.0.1');
      await once(one, 'listening');
      const address = one.address();
      ports.push(String(typeof address === 'object' && address?.port));
    }
    const [PORT = '', ADMIN_PORT = ''] = ports;
    const { code, err } = await run(['serve'], {
      ...account,
      PORT,
      ADMIN_PORT,
      HOST: '127.0.0.1',
      DATA_DIR: join(folder, 'data-ports'),
    });
    for (const one of taken) one.close();
    expect(code).toBe(1);
    expect(err).toContain(`127.0.0.1:${PORT} is taken`);
    expect(err).toContain(`127.0.0.1:${ADMIN_PORT} is taken`);
    expect(err).toContain(`PORT=${Number(PORT) + 1}`);
    expect(err).toContain(`ADMIN_PORT=${Number(ADMIN_PORT) + 1}`);
  });

  test('when .env has a port, then send pushes there with the test account, too', async () => {
    const dir = mkdtempSync(join(folder, 'dev-'));
    const port = String(await sparePort());
    writeFileSync(join(dir, '.env'), `PORT=${port}\nWECHAT_APP_ID=wx-of-a-real-account\n`);
    const sent = spawn(process.execPath, [MAIN, 'send', 'message.text', '--dev'], { cwd: dir, env: {} });
    children.add(sent);
    let err = '';
    sent.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    await once(sent, 'close');
    expect(err).toContain(`No answer from http://127.0.0.1:${port}/wechat`);
  });

  test('when nobody listens, then send says so and the exit code is 1', async () => {
    const { code, err } = await run(['send', 'message.text'], {
      ...account,
      PORT: String(await sparePort()),
    });
    expect(code).toBe(1);
    expect(err).toMatch(/nothing is listening there/);
  });
});
