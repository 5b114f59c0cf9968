import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttpClient } from '../../../src/adapters/http/http-client.js';
import { createAccessPoints } from '../../../src/api/access-points/access-points.js';
import { systemClock } from '../../../src/ports/clock.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { startBlackHole } from '../../support/wechat/api-hosts.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Takes connections and hands them over at their first bytes. */
async function startSaying(onRequest: (socket: Socket) => void): Promise<string> {
  const server: Server = createTcpServer((socket) => {
    socket.on('error', () => {}).once('data', () => onRequest(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const answer = (type: string, body: string | Buffer, { status = '200 OK', length = -1 } = {}) =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${status}\r\n${type === '' ? '' : `Content-Type: ${type}\r\n`}` +
        `Content-Length: ${length < 0 ? Buffer.byteLength(body) : length}\r\nConnection: close\r\n\r\n`,
    ),
    Buffer.from(body),
  ]);

/** One call over real sockets, that must not be repeated. */
function call(url: string, { timeoutMs = 5_000, others = [] as string[] } = {}) {
  const urls = [url, ...others];
  const points = createAccessPoints({
    urls,
    http: createHttpClient(),
    clock: systemClock,
    log: silentLogger,
  });
  return points.exchange({ method: 'POST', path: '/cgi-bin/x', body: '{}', idempotent: false, timeoutMs });
}
const callOf = async (bytes: Buffer) => call(await startSaying((socket) => socket.end(bytes)));

describe('given an API whose answers are odd', () => {
  const json = 'application/json';
  test.each<[string, Buffer, unknown]>([
    ['without an errcode', answer(json, '{"total":2}'), { total: 2 }],
    [
      'with errcode 0 and other words',
      answer(json, '{"errcode":0,"errmsg":"in a normal state"}'),
      { errcode: 0 },
    ],
    ['with a string "0"', answer(json, '{"errcode":"0"}'), { errcode: '0' }],
    ['as text/plain', answer('text/plain', '{"ticket":"t"}'), { ticket: 't' }],
    [
      'as encoding=utf-8',
      answer('application/json; encoding=utf-8', '{"nickname":"你好"}'),
      { nickname: '你好' },
    ],
    [
      'as GBK by its type',
      answer('application/json; charset=gbk', '{"nickname":"你好"}'),
      { nickname: '你好' },
    ],
    ['without a type', answer('', '{"n":1}'), { n: 1 }],
    [
      'with control characters',
      answer(json, '{"nickname":"a\u0007\u0008b\nc\u0014","n":1}'),
      { nickname: 'a  b c ', n: 1 },
    ],
    ['with escaped slashes', answer(json, '{"url":"http:\\/\\/x\\/y"}'), { url: 'http://x/y' }],
    [
      'with invalid UTF-8',
      answer(
        json,
        Buffer.concat([
          Buffer.from('{"nickname":"a'),
          Buffer.from([0xff, 0xe4, 0xbd]),
          Buffer.from('b","n":1}'),
        ]),
      ),
      { nickname: expect.stringMatching(/^a\uFFFD+b$/), n: 1 },
    ],
    ['with a byte order mark', answer(json, '\uFEFF{"n":1}'), { n: 1 }],
    ['with a 64-bit id', answer(json, '{"msgid":2486310724779800123}'), { msgid: '2486310724779800123' }],
  ])('when an answer comes %s, then it is read', async (_name, bytes, expected) => {
    expect(await callOf(bytes)).toMatchObject(Object(expected));
  });

  test.each<[string, Buffer, object]>([
    ['a string errcode', answer(json, '{"errcode":"48001","errmsg":"api unauthorized"}'), { errcode: 48001 }],
    [
      'an errcode under 500',
      answer(json, '{"errcode":-1,"errmsg":"system error"}', { status: '500 X' }),
      { errcode: -1 },
    ],
    [
      'an errcode as text/plain',
      answer('text/plain', '{"errcode":40003,"errmsg":"invalid openid"}'),
      { errcode: 40003 },
    ],
  ])('when %s comes, then it is a refusal', async (_name, bytes, expected) => {
    await expect(callOf(bytes)).rejects.toMatchObject({ code: 'api_refused', ...expected });
  });

  test.each<[string, Buffer, string]>([
    ['HTML with 200', answer('text/html', '<html>502 Bad Gateway</html>'), 'not-json'],
    ['nothing with 200', answer(json, ''), 'not-json'],
    ['blanks', answer(json, ' \r\n'), 'not-json'],
    ['cut-off JSON', answer(json, '{"errcode":0,"errm'), 'not-json'],
    ['a list', answer(json, '[1]'), 'not-json'],
    ['a redirect', answer('', '', { status: '302 Found' }), 'not-json'],
    ['an errcode that is no number', answer(json, '{"errcode":"NaN"}'), 'not-json'],
    ['502 with HTML', answer('text/html', '<html>', { status: '502 Bad Gateway' }), 'server-error'],
    ['504 with nothing', answer('', '', { status: '504 Gateway Timeout' }), 'server-error'],
    ['half of what was promised', answer(json, '{"errcode":0}', { length: 100 }), 'connection-lost'],
    ['no HTTP', Buffer.from('220 smtp.example ESMTP\r\n'), 'connection-lost'],
    ['more than 8 MiB', answer(json, '{}', { length: 8 * 1024 * 1024 + 1 }), 'too-large'],
  ])(
    'when %s comes, then nobody answered, which is said by kind, and the call may have happened',
    async (_name, bytes, kind) => {
      await expect(callOf(bytes)).rejects.toMatchObject({
        code: 'api_unreachable',
        kind,
        sent: true,
        accessPoint: expect.stringContaining('127.0.0.1:'),
      });
    },
  );
});

describe('given an API that cannot be reached', () => {
  test('when the port is closed, the name unknown, TLS not spoken, or the address none, then each is told apart and was not sent', async () => {
    const closed = createTcpServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    const port = typeof address === 'object' ? address?.port : 0;
    closed.close();
    await once(closed, 'close');
    const noTls = await startSaying((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const outcomes = [
      [`http://127.0.0.1:${port}`, 'connect'],
      // Some resolvers take their time to say no.
      ['http://nowhere.invalid', expect.stringMatching(/^(dns|connect-timeout)$/)],
      [noTls.replace('http:', 'https:'), 'tls'],
      ['ftp://127.0.0.1', 'invalid-url'],
    ] as const;
    for (const [url, kind] of outcomes) {
      await expect(call(url)).rejects.toMatchObject({ kind, sent: false });
    }
  });

  test('when it swallows connections, then it is left before the call has waited out its time, and another one asked', async () => {
    const hole = await startBlackHole();
    closing.push(() => hole.close());
    await expect(call(hole.url, { timeoutMs: 300 })).rejects.toMatchObject({
      kind: 'connect-timeout',
      sent: false,
    });
    const good = await startSaying((socket) => socket.end(answer('application/json', '{"n":1}')));
    const startMs = performance.now();
    expect(await call(hole.url, { timeoutMs: 60_000, others: [good] })).toEqual({ n: 1 });
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  test('when it takes the call and says nothing, then it is a timeout of the answer, and the call may have happened', async () => {
    const mute = await startSaying((socket) => void closing.push(() => socket.destroy()));
    await expect(call(mute, { timeoutMs: 300 })).rejects.toMatchObject({
      kind: 'answer-timeout',
      sent: true,
    });
  });
});
