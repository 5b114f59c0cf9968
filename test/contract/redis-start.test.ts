import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { createRedisStore } from '../../src/adapters/redis/redis-adapters.js';
import { silentLogger } from '../../src/ports/logger.js';
import { portOf } from '../support/processes/port-of.js';
import { RedisServer } from '../support/processes/redis-server.js';

/** Far more than any of these tests takes: a verdict at the limit would be seen. */
const LIMIT_MS = 120_000;
/** 300 ms apart, so that they last longer than a second. */
const RESET_ATTEMPTS = 4;

function passOn(socket: Socket, port: number): void {
  const upstream = connect(port, '127.0.0.1').on('error', () => socket.destroy());
  socket.pipe(upstream).pipe(socket);
  socket.on('close', () => upstream.destroy());
}

describe('given a Redis behind a port that resets the first connections', () => {
  let redis: RedisServer;
  let port: Server;
  let attempts: number;
  beforeEach(async () => {
    redis = await RedisServer.start({ fsync: 'no' });
    attempts = 0;
    port = createServer((socket) => {
      socket.on('error', () => {});
      attempts += 1;
      if (attempts <= RESET_ATTEMPTS) socket.resetAndDestroy();
      else passOn(socket, redis.port);
    }).listen(0, '127.0.0.1');
    await once(port, 'listening');
  });
  afterEach(async () => {
    port.close();
    await redis.stop();
  });

  const open = (password: string) =>
    createRedisStore({
      url: `redis://:${password}@127.0.0.1:${portOf(port)}`,
      log: silentLogger,
    });

  test('when it then refuses the password, then that ends the wait at once, and is not taken for an outage', async () => {
    const admin = new Redis(redis.url);
    await admin.config('SET', 'requirepass', 'right');
    admin.disconnect();
    const store = open('wrong');
    await expect(store.ready(LIMIT_MS)).rejects.toThrow(/WRONGPASS/);
    expect(attempts).toBeGreaterThan(RESET_ATTEMPTS);
    await store.close();
  });

  test('when the client is closed, then the wait ends', async () => {
    const store = open('any');
    const waiting = store.ready(LIMIT_MS);
    await store.close();
    expect(await waiting).toBe(false);
  });
});
