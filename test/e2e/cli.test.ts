import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';

const MAIN = resolve('dist/src/cli/main.js');
const children = new Set<ChildProcess>();
let folder: string; // not the repository: the command line runs from anywhere

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wechat-callback-cli-'));
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
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

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return String(address.port);
}

const account = {
  WECHAT_APP_ID: 'wx-cli',
  WECHAT_TOKEN: 'cli-token',
  WECHAT_APP_SECRET: 'cli-secret',
  WECHAT_ENCODING_AES_KEY: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
};

describe('given the built command line', () => {
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
      err: expect.stringMatching(/Is --role meant/),
    });
  });

  test('when a server is served and pushes are sent to it, then the answers are shown opened, and SIGTERM ends it well', async () => {
    const handlers = mkdtempSync(join(folder, 'handlers-'));
    writeFileSync(join(handlers, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(handlers, 'echo.js'),
      `export default { on: 'message.text', handle: (ctx) => ctx.reply.text('heard: ' + ctx.push.content) };`,
    );
    const env = { ...account, PORT: await freePort(), ADMIN_PORT: await freePort(), HANDLERS_DIR: handlers };
    const server = start(['serve'], { ...env, HOST: '127.0.0.1', DATA_DIR: join(folder, 'data') });
    await eventually(() => expect(server.seen.out).toContain('"ready"'));

    const routes = await run(['routes', '--json'], env);
    expect(JSON.parse(routes.out)).toEqual([expect.objectContaining({ on: 'message.text', name: 'echo' })]);

    const answered = await run(['send', 'message.text', '--field', 'Content=007 令😀'], env);
    expect(answered).toMatchObject({ code: 0, err: '' });
    expect(answered.out).toMatch(/^200 in \d+ ms: a sealed reply, its MsgSignature is good/);
    expect(answered.out).toContain('heard: 007 令😀');

    const silent = await run(['send', 'event.view', '--times', '2'], env);
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
    const env = { ...account, PORT: await freePort(), ADMIN_PORT: await freePort() };
    const server = start(['serve'], { ...env, HOST: '127.0.0.1', DATA_DIR: join(folder, 'data-unread') });
    await eventually(() => expect(server.seen.out).toContain('"ready"'));
    server.child.stdout.destroy();

    expect(await run(['send', 'event.view', '--times', '3'], env)).toMatchObject({ code: 0 });
    server.child.kill('SIGTERM');
    expect(await once(server.child, 'exit')).toEqual([0, null]);
  });

  test('when nobody listens, then send says so and the exit code is 1', async () => {
    const { code, err } = await run(['send', 'message.text'], { ...account, PORT: await freePort() });
    expect(code).toBe(1);
    expect(err).toMatch(/nobody listens there/);
  });
});
