import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { closeServer } from '../../src/http/listen.js';
import { systemClock } from '../../src/ports/clock.js';
import { eventually, pass } from '../support/time/eventually.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

const HEAD = 'POST /wechat?signature=x HTTP/1.1\r\nHost: x\r\n';
/** First bytes of each sender; one byte a second follows. */
const beginnings = {
  'nothing at all': '',
  'half a request line': 'POST /wec',
  'headers without an end': HEAD,
  'a body without an end': `${HEAD}Content-Length: 200000\r\n\r\n<xml>`,
  'a chunk without an end': `${HEAD}Transfer-Encoding: chunked\r\n\r\nffff\r\n<xml>`,
};
const EACH = 40;

let app: TestApp;
let sockets: Socket[] = [];
let trickling: NodeJS.Timeout | undefined;
let closed = 0;

function trickle(beginning: string): void {
  const socket = connect(app.port, '127.0.0.1', () => socket.write(beginning));
  socket.on('error', () => undefined);
  socket.on('close', () => (closed += 1));
  socket.resume();
  sockets.push(socket);
}

afterEach(async () => {
  clearInterval(trickling);
  for (const socket of sockets) socket.destroy();
  sockets = [];
  closed = 0;
  await app.close();
});

describe('given many senders that trickle', () => {
  test('when they go on, then all are cut off within 12 s, and pushes are answered meanwhile', async () => {
    app = await createTestApp({
      clock: systemClock,
      settings: { MAX_PUSH_AGE_S: '0' },
      handlers: { hello: { on: '*', handle: (ctx) => ctx.reply.text('hello') } },
    });
    const startedAtMs = performance.now();
    for (const beginning of Object.values(beginnings)) for (let n = 0; n < EACH; n += 1) trickle(beginning);
    const all = sockets.length;
    trickling = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('x');
    }, 1_000);

    const answers: { status: number; ms: number }[] = [];
    const over = () => closed === all || performance.now() - startedAtMs > 14_000;
    while (!over()) {
      const askedAtMs = performance.now();
      const { status } = await post(app.http, wire(textXml()));
      answers.push({ status, ms: performance.now() - askedAtMs });
      await pass(250);
    }
    expect(closed).toBe(all);
    expect(performance.now() - startedAtMs).toBeLessThan(13_000);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter(({ status, ms }) => status !== 200 || ms > 2_000)).toEqual([]);
  });

  test('when the server closes, then they cannot hold it open', async () => {
    app = await createTestApp();
    for (const beginning of Object.values(beginnings)) trickle(beginning);
    await eventually(() => expect(sockets.every(({ connecting }) => !connecting)).toBe(true));
    await pass(50);
    const startedAtMs = performance.now();
    await closeServer(app.http, 300);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });
});
