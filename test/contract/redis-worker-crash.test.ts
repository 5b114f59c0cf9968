import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createBullQueue, type BullQueue } from '../../src/adapters/redis/redis-adapters.js';
import { systemClock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import { eventually } from '../support/time/eventually.js';
import { RedisServer } from '../support/processes/redis-server.js';

const WORKER = fileURLToPath(new URL('../support/processes/stuck-worker.ts', import.meta.url));

/** Starts a process that takes jobs and never finishes one; resolves once it has taken its first. */
async function startStuckWorker(url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', WORKER, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('took wx1.msg-1\n');
  return child;
}

describe('given a job in the hands of another process', () => {
  let server: RedisServer;
  let queue: BullQueue;
  beforeAll(async () => {
    server = await RedisServer.start({ fsync: 'no' });
    queue = createBullQueue({ url: server.url, log: silentLogger, clock: systemClock, timeoutMs: 10_000 });
    await queue.ready(30_000);
  });
  afterAll(async () => {
    await queue.close();
    await server.stop();
  });

  test('when that process is killed, twice, then we have the job within 15 seconds', async () => {
    await queue.put({
      id: 'wx1.msg-1',
      appId: 'wx1',
      pushId: 'msg-1',
      user: 'o-user',
      push: '<xml/>',
      receivedAtMs: 0,
      handler: 'slow',
      reason: 'overrun',
    });
    const first = await startStuckWorker(server.url);
    first.kill('SIGKILL');
    const second = await startStuckWorker(server.url);
    second.kill('SIGKILL');
    const killedAtMs = Date.now();
    const taken: string[] = [];
    queue.consume(async ({ id }) => {
      taken.push(id);
      return { type: 'done' };
    });
    await eventually(() => expect(taken).toEqual(['wx1.msg-1']), 20_000);
    expect(Date.now() - killedAtMs).toBeLessThan(15_000);
    await eventually(async () => expect(await queue.size()).toBe(0));
  }, 180_000);
});
