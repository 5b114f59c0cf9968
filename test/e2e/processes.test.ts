import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type ServerProcess } from '../support/processes/built-server.js';
import { sparePort } from '../support/processes/port-of.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { eventually, pass } from '../support/time/eventually.js';
import { TEST_TOKEN, sendAttempt, typeText } from '../support/wechat/wechat.js';

const HANDLER = `export default { on: 'message.text', handle: ({ reply }) => reply.text('pid ' + process.pid + ' end') };`;

describe('given serve --processes 2', () => {
  let redis: RedisServer;
  let dir: string;
  let server: ServerProcess;
  let port: number;
  let url: string;
  beforeEach(async () => {
    redis = await RedisServer.start({ fsync: 'no' });
    dir = await mkdtemp(join(tmpdir(), 'wechat-processes-'));
    await writeFile(join(dir, 'pid.mjs'), HANDLER);
    await writeFile(join(dir, '.env'), 'REPLY_DEADLINE_MS=4000\n');
    port = await sparePort();
    url = `http://127.0.0.1:${port}`;
    server = start({ REDIS_URL: redis.url });
    await server.ready();
    await eventually(() => expect(readyPids()).toHaveLength(2), 60_000);
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const start = (settings: Readonly<Record<string, string>>): ServerProcess =>
    startServer(
      dir,
      {
        HOST: '127.0.0.1',
        PORT: String(port),
        ADMIN_PORT: '0',
        HANDLERS_DIR: dir,
        WECHAT_APP_ID: 'wx0000000000000001',
        WECHAT_TOKEN: TEST_TOKEN,
        WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
        ...settings,
      },
      'all',
      ['--processes', '2'],
    );
  const lines = (event: string) => server.lines().filter(({ msg }) => String(msg).startsWith(event));
  const readyPids = () => lines('ready').map(({ pid }) => Number(pid));

  /** The process that answers a push on a connection of its own. */
  async function answering(): Promise<number> {
    const said = await sendAttempt(`${url}/wechat`, typeText('who'));
    expect(said).toMatchObject({ answered: true, status: 200 });
    return Number(/pid (\d+) end/.exec(said.answered ? said.body : '')?.[1]);
  }

  /** A new connection; resolves with the status, or the code of what went wrong. */
  const connects = (): Promise<number | string> =>
    new Promise((resolve) => {
      const asking = request(`${url}/healthz`, { agent: false }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      });
      asking.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      asking.end();
    });

  test('when one of them dies, then another one takes its place, and pushes are answered all the while', async () => {
    const [victim = 0] = readyPids();
    process.kill(victim, 'SIGKILL');
    await eventually(() => expect(lines('process ended')).toHaveLength(1));
    expect(await answering()).not.toBe(victim);
    await eventually(() => expect(readyPids()).toHaveLength(3), 60_000);
    expect(await server.stop()).toBe(0);
  }, 180_000);

  test('when it hears SIGHUP, then each is replaced, and no connection is refused meanwhile', async () => {
    const before = readyPids();
    const ends: (number | string)[] = [];
    const over = new AbortController();
    const knocking = (async () => {
      while (!over.signal.aborted) {
        ends.push(await connects());
        await pass(2);
      }
    })();
    server.child.kill('SIGHUP');
    await eventually(() => expect(lines('reload done')).toHaveLength(1), 60_000);
    over.abort();
    await knocking;
    expect(new Set(ends)).toEqual(new Set([200]));
    expect(ends.length).toBeGreaterThan(50);
    expect(readyPids()).toHaveLength(4);
    expect(before).not.toContain(await answering());
    expect(await server.stop()).toBe(0);
  }, 180_000);

  test('when the new settings cannot work, then the processes stay as they are', async () => {
    const before = readyPids();
    await writeFile(join(dir, '.env'), 'REPLY_DEADLINE_MS=no number\n');
    server.child.kill('SIGHUP');
    await eventually(() => expect(lines('reload failed')).toHaveLength(1), 60_000);
    expect(server.errors()).toContain('REPLY_DEADLINE_MS');
    expect(before).toContain(await answering());
    expect(await server.stop()).toBe(0);
  }, 180_000);

  test('when there is no Redis, then it says so and ends with 78', async () => {
    await server.stop();
    server = start({});
    expect(await server.exited).toBe(78);
    expect(server.errors()).toMatch(/--processes 2 needs Redis/);
  }, 180_000);
});
