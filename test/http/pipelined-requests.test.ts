import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttpServer } from '../../src/http/http-server.js';
import { closeServer, listen } from '../../src/http/listen.js';
import { MAX_REQUESTS_PER_TURN } from '../../src/http/one-turn-requests.js';
import { exchange } from '../support/wechat/wire-push.js';

let server: Server;
let port: number;
let reached = 0;

afterEach(() => closeServer(server));

async function start(): Promise<void> {
  reached = 0;
  server = createHttpServer((_request, response) => {
    reached += 1;
    response.end('here');
  });
  port = await listen(server, { host: '127.0.0.1', port: 0, portName: 'PORT' });
}

const get = (headers = '') => `GET /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const post = 'POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc';

/** Writes it all at once; resolves when the server has cut the connection. */
async function pour(text: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // it is cut while it writes
  socket.resume().write(text);
  await once(socket, 'close');
}

describe('given a client that pipelines without end', () => {
  test.each([
    ['GET', get()],
    ['POST', post],
    ['a broken upgrade', get('Connection: upgrade\r\nUpgrade: h2c\r\n')],
  ])('when it writes 50,000 × %s at once, then a few are read and the connection is cut', async (_, one) => {
    await start();
    await pour(one.repeat(50_000));
    expect(reached).toBeLessThanOrEqual(MAX_REQUESTS_PER_TURN);
  });

  test('when it does so again and again, then others on the same server are answered', async () => {
    await start();
    for (let round = 0; round < 5; round += 1) {
      await pour(get().repeat(2_000));
      expect(await exchange(port, [get('Connection: close\r\n')]).text).toMatch(/^HTTP\/1\.1 200 OK[^]*here/);
    }
    expect(reached).toBeLessThanOrEqual(5 * (MAX_REQUESTS_PER_TURN + 1));
  });
});

describe('given a client that pipelines a little', () => {
  test('when as many requests as allowed come at once, then all are answered', async () => {
    await start();
    const requests = get().repeat(MAX_REQUESTS_PER_TURN - 1) + get('Connection: close\r\n');
    const text = await exchange(port, [requests]).text;
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(MAX_REQUESTS_PER_TURN);
  });

  test('when it waits for each answer, then its connection serves any number of requests', async () => {
    await start();
    const socket = connect(port, '127.0.0.1');
    for (let asked = 0; asked < 50; asked += 1) {
      socket.write(get());
      await once(socket, 'data');
    }
    socket.destroy();
    expect(reached).toBe(50);
  });
});

describe('given a request that asks for another protocol', () => {
  test('when it asks for an upgrade, then it is answered like any other', async () => {
    await start();
    const request = get('Connection: upgrade, close\r\nUpgrade: websocket\r\n');
    expect(await exchange(port, [request]).text).toMatch(/^HTTP\/1\.1 200 OK[^]*here/);
  });

  test('when it is CONNECT, then the connection is cut', async () => {
    await start();
    await pour('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
    expect(reached).toBe(0);
  });
});
