import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import request, { type Response } from 'supertest';
import { createServer, defineHandler, type CallbackServer } from '../../src/index.js';
import { readConfig } from '../../src/config/config.js';
import { listen } from '../../src/http/listen.js';
import type { Fields } from '../../src/protocol/fields.js';
import { parseXml } from '../../src/protocol/xml.js';
import { anything, captureLog } from '../support/app/handler-runtime.js';
import { fixturePushes, openAnswer } from '../support/wechat/fixture-pushes.js';
import { handshakeAsWeChat, type WirePush } from '../support/wechat/seal.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import { cipherModes, post, textXml, wire, type CipherMode } from '../support/wechat/wire-push.js';

const answering = defineHandler({
  on: ['message', 'event'],
  handle: ({ push, reply }) => reply.text(`${push.kind} ${push.id}`),
});

let dir: string;
let opened: CallbackServer[] = [];
let foreign: Server[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mounted-'));
});
afterEach(async () => {
  await Promise.all(foreign.map((server) => new Promise((resolve) => server.close(resolve))));
  await Promise.all(opened.map((server) => server.stop()));
  opened = [];
  foreign = [];
  await rm(dir, { recursive: true });
});

async function create(mode: CipherMode): Promise<CallbackServer> {
  const settings = {
    ...UNREACHABLE_WECHAT,
    WECHAT_CIPHER_MODE: mode,
    MAX_PUSH_AGE_S: '0',
    DATA_DIR: join(dir, String(opened.length)),
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: '0',
  };
  const server = await createServer(settings, { handlers: { answering }, logger: captureLog() });
  opened.push(server);
  return server;
}

/** Our own server. */
async function direct(mode: CipherMode): Promise<Server> {
  const server = await create(mode);
  await server.start();
  return server.http;
}

/** Somebody else's Express application that mounts the callback between its own middleware. */
async function mounted(
  mode: CipherMode,
  before: readonly RequestHandler[],
  { path = '/wechat', onError }: { path?: string; onError?: (error: unknown) => void } = {},
): Promise<Server> {
  const server = await create(mode);
  await server.open();
  const app: Express = express();
  for (const middleware of before) app.use(middleware);
  app.use(path, server.callback());
  app.use(express.json(), express.urlencoded({ extended: true }), express.text());
  app.use((_request, response) => void response.status(404).send('theirs'));
  const handleError: ErrorRequestHandler = (error, _request, response, _next) => {
    onError?.(error);
    response.status(500).send('their error page');
  };
  app.use(handleError);
  const http = createHttpServer(app);
  foreign.push(http);
  await listen(http, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  return http;
}

/** Sets headers from an object, as compression, sessions and timing do with the package on-headers. */
const takesHeadersApart: RequestHandler = (_request, response, next) => {
  const writeHead = response.writeHead.bind(response);
  Object.assign(response, {
    writeHead(status: number, headers: Readonly<Record<string, string>>) {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      return writeHead(status);
    },
  });
  next();
};

const usual = () => [express.json(), express.urlencoded({ extended: true }), express.text()];

/** Returns the parts of a response that WeChat can see. */
const told = (file: string, { status, headers, text }: Response) => ({
  file,
  status,
  type: headers['content-type'] as unknown,
  sniffing: headers['x-content-type-options'] as unknown,
  hasLength: headers['content-length'] === String(Buffer.byteLength(text)),
  text: openAnswer(file, text),
});

describe.each(cipherModes)('given the callback in an Express application of others, in %s mode', (mode) => {
  test.each([
    ['the usual parsers before and after it', usual],
    ['express.raw for everything before it', () => [express.raw({ type: () => true, limit: '2mb' })]],
    ['express.text for everything before it', () => [express.text({ type: () => true, limit: '2mb' })]],
    ['middleware that looks at the headers before they leave', () => [takesHeadersApart]],
  ])('when it has %s, then every sample is answered as by our own server', async (_, before) => {
    const [own, theirs] = [await direct(mode), await mounted(mode, before())];
    for (const { file, push, expected } of fixturePushes(mode)) {
      const [first, second] = await Promise.all([post(own, push), post(theirs, push)]);
      expect(told(file, second)).toEqual(told(file, first));
      expect([file, first.status]).toEqual([file, expected === 'refused' ? 403 : 200]);
    }
  });

  test('when WeChat asks for the handshake, or for what is not there, then both answer alike', async () => {
    const [own, theirs] = [await direct(mode), await mounted(mode, usual())];
    const query = handshakeAsWeChat('14324296167175543775');
    for (const http of [own, theirs]) {
      const response = await request(http).get('/wechat').query(query);
      expect([response.status, response.text]).toEqual([200, '14324296167175543775']);
      expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect((await request(http).get('/wechat')).status).toBe(403);
      expect((await request(http).put('/wechat')).status).toBe(405);
      expect((await post(http, { ...wire(textXml(), { mode }), body: ' '.repeat(2 ** 21) })).status).toBe(
        413,
      );
    }
  });
});

describe('given a parser that ate the body', () => {
  const eats: RequestHandler = async (incoming, _response, next) => {
    let size = 0;
    for await (const chunk of incoming) size += String(chunk).length;
    incoming.body = { size };
    next();
  };
  async function ask(before: readonly RequestHandler[], push: WirePush, type = 'text/xml') {
    const errors: unknown[] = [];
    const http = await mounted('plaintext', before, { onError: (error) => errors.push(error) });
    const asking = request(http).post('/wechat').query(push.query).type(type).serialize(String);
    return { response: await asking.send(push.body), errors };
  }

  test('when a push comes, then an error that names it goes to the error handler', async () => {
    const { response, errors } = await ask([eats], wire(textXml()));
    expect([response.status, response.text]).toEqual([500, 'their error page']);
    expect(errors).toEqual([
      expect.objectContaining({
        name: 'BodyAlreadyRead',
        code: 'body_already_read',
        message: expect.stringContaining('left an object instead of the bytes'),
      }),
    ]);
  });

  test('when express.json took a JSON push apart, then too: its 19-digit ids are lost', async () => {
    const { errors } = await ask(
      [express.json()],
      wire('{"MsgType":"text","MsgId":1234567890123456789}'),
      'application/json',
    );
    expect(errors).toEqual([expect.objectContaining({ code: 'body_already_read' })]);
  });

  const leaves =
    (make: (fields: Fields) => unknown): RequestHandler =>
    async (incoming, _response, next) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
      incoming.body = make(parseXml(Buffer.concat(chunks).toString()));
      next();
    };
  const lists = (fields: Fields): object =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), [value]]));
  test.each<[string, CipherMode, (fields: Fields) => unknown]>([
    ['xml2js', 'safe', (fields) => ({ xml: lists(fields) })],
    ['fast-xml-parser', 'safe', (fields) => ({ xml: fields })],
    ['a parser that drops the root', 'compatible', (fields) => fields],
  ])('when %s took a sealed push apart, in %s mode, then it is answered', async (_, mode, make) => {
    const http = await mounted(mode, [leaves(make)]);
    const [own, push] = [await direct(mode), wire(textXml({ Content: 'a ]]> b' }), { mode })];
    const [first, second] = [await post(own, push), await post(http, push)];
    expect([second.status, openAnswer('', second.text)]).toEqual([200, openAnswer('', first.text)]);
    expect(second.text).toContain('<Encrypt>');
  });

  test('when what it left of a sealed push was altered, then it is refused', async () => {
    const http = await mounted('safe', [leaves((fields) => ({ ...fields, Encrypt: 'AAAA' }))]);
    expect((await post(http, wire(textXml(), { mode: 'safe' }))).status).toBe(403);
  });

  test('when it kept the bytes as rawBody, then the push is answered', async () => {
    const keep = express.json({
      type: () => true,
      strict: false,
      verify: (incoming, _, bytes) => Object.assign(incoming, { rawBody: bytes }),
    });
    const { response, errors } = await ask(
      [keep],
      wire('{"MsgType":"text","FromUserName":"o","MsgId":1234567890123456789}'),
      'application/json',
    );
    expect([response.status, errors]).toEqual([200, []]);
    expect(response.text).toContain('msg-1234567890123456789-');
  });

  test('when there was nothing in it, then the empty body is refused like any other', async () => {
    const { response, errors } = await ask([eats], wire(''));
    expect([response.status, response.text, errors]).toEqual([403, '', []]);
  });
});

describe('given several ways to mount', () => {
  test.each(['/', '/deep/down/wechat'])(
    'when it is mounted at %s, then it is answered there',
    async (path) => {
      const http = await mounted('safe', [], { path });
      const response = await post(http, wire(textXml(), { mode: 'safe' }), path);
      expect([response.status, response.text.startsWith('<xml><Encrypt>')]).toEqual([200, true]);
    },
  );

  test('when it gets a configuration that was read, and a folder, then it serves that', async () => {
    await writeFile(
      join(dir, 'hi.mjs'),
      `export default { on: '*', handle: ({ reply }) => reply.text('from a file') };`,
    );
    const config = readConfig({ ...UNREACHABLE_WECHAT, MAX_PUSH_AGE_S: '0', DATA_DIR: join(dir, 'data') });
    const server = await createServer(config, { handlers: dir, logger: captureLog() });
    opened.push(server);
    await server.open();
    const response = await post(server.http, wire(textXml(), { mode: 'safe' }));
    expect(openAnswer('', response.text)).toContain('from a file');
  });

  test('when a start fails, then nothing of it stays', async () => {
    const taken = createHttpServer();
    foreign.push(taken);
    const port = await listen(taken, { host: '127.0.0.1', port: 0, portName: 'PORT' });
    const settings = {
      ...UNREACHABLE_WECHAT,
      DATA_DIR: join(dir, 'data'),
      HOST: '127.0.0.1',
      ADMIN_PORT: '0',
    };
    const options = { handlers: { answering }, logger: captureLog() };
    const first = await createServer({ ...settings, PORT: String(port) }, options);
    await expect(first.start()).rejects.toMatchObject({ code: 'cannot_listen' });
    // its folder is free again
    const second = await createServer({ ...settings, PORT: '0' }, options);
    opened.push(second);
    expect((await second.start()).port).toBeGreaterThan(0);
  });

  test('when settings are wrong, then createServer rejects and names them', async () => {
    await expect(createServer({ WECHAT_APP_ID: 'wx1' })).rejects.toThrow('WECHAT_TOKEN');
  });

  test('when a handler is none, then createServer rejects and names it', async () => {
    const settings = { ...UNREACHABLE_WECHAT, DATA_DIR: dir };
    await expect(
      createServer(settings, { handlers: { odd: anything({ on: 'message.txt' }) }, logger: captureLog() }),
    ).rejects.toThrow('odd');
  });

  test('when an account is asked for that is not there, then the error names it', async () => {
    const server = await create('safe');
    expect(() => server.callback('shop')).toThrow('no account "shop"');
  });
});
