import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import type { HandlersByName } from '../../src/embed.js';
import { eventually } from '../support/time/eventually.js';
import { createTestApp, FIXTURE_SETTINGS, type TestApp } from '../support/app/test-app.js';
import { exchange, rawPush, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

const close = (text: string) => text.replace('Host: x\r\n', 'Host: x\r\nConnection: close\r\n');
const handlers = { hello: { on: '*', handle: (ctx) => ctx.reply.text('hello') } } satisfies HandlersByName;

describe('given a client that is odd and right', () => {
  test.each(['http://wechat.example.com', 'HTTP://wechat.example.com:80', 'https://[::1]:8443'])(
    'when its request names the whole URL, at %s, then it is answered like any other',
    async (origin) => {
      app = await createTestApp({ handlers });
      const push = close(rawPush(wire(textXml()))).replace('POST /', `POST ${origin}/`);
      expect(await exchange(app.port, [push]).text).toMatch(/^HTTP\/1\.1 200 OK[^]*hello/);
      const page = `GET ${origin}/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      expect(await exchange(app.port, [page]).text).toMatch(/^HTTP\/1\.1 200 OK[^]*"ok"/);
      const none = `GET ${origin} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      expect(await exchange(app.port, [none]).text).toMatch(/^HTTP\/1\.1 404 /);
    },
  );

  test('when it ends its side after the request, then it still gets its answer', async () => {
    let answer = (): void => undefined;
    const slow = new Promise<void>((resolve) => (answer = resolve));
    let runs = 0;
    app = await createTestApp({
      handlers: {
        hello: { on: '*', handle: (ctx) => ((runs += 1), slow.then(() => ctx.reply.text('hello'))) },
      },
    });
    const socket = connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    socket.end(rawPush(wire(textXml())));
    await once(socket, 'finish');
    await eventually(() => expect(runs).toBe(1));
    answer();
    await once(socket, 'close');
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK[^]*hello/);
  });

  test('when it ends its side within the request, then the connection is closed', async () => {
    app = await createTestApp({ handlers });
    const socket = connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.resume().end('POST /wechat HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n<xml>');
    await once(socket, 'close');
  });
});

describe('given an IPv6 address', () => {
  test('when it is asked for in brackets, then the brackets are taken off', () => {
    const { public: open, admin } = readConfig({
      ...FIXTURE_SETTINGS,
      HOST: '[::]',
      ADMIN_HOST: '[::1]',
    });
    expect([open.host, admin.host]).toEqual(['::', '::1']);
  });
});
