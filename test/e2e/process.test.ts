import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { listen } from '../../src/http/listen.js';
import { eventually } from '../support/time/eventually.js';
import {
  makeServerFolder,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { openEventStream } from '../support/app/event-stream.js';
import { UNREACHABLE_WECHAT } from '../support/wechat/fixture-settings.js';
import { exchange, rawPush, textXml, wire } from '../support/wechat/wire-push.js';

const SETTINGS = { ...UNREACHABLE_WECHAT, WECHAT_CIPHER_MODE: 'plaintext', MAX_PUSH_AGE_S: '0' };
const NO_STACK = /^(?![^]*\n\s+at )/;

const HANDLERS = {
  'a.mjs': `export default {
    on: 'message.text',
    when: ({ content }) => content === 'slow',
    async handle({ reply, log }) {
      log.info({}, 'began');
      await new Promise((resolve) => setTimeout(resolve, 700));
      return reply.text('slow but in time');
    },
  };`,
  'hang.mjs': `export default {
    on: 'message.text',
    when: ({ content }) => content === 'hang',
    handle({ log }) { log.info({}, 'began'); return new Promise(() => {}); },
  };`,
};

let folder: ServerFolder;
let taken: Server | undefined;
afterEach(async () => {
  await folder.remove();
  if (taken !== undefined) await new Promise((resolve) => taken?.close(resolve));
  taken = undefined;
});

const began = (server: ServerProcess) =>
  eventually(() => expect(server.lines().map(({ msg }) => msg)).toContain('began'));

describe('given a .env that Windows wrote', () => {
  test('when the server starts beside it, then byte order mark, CRLF, quotes and export are no part of the settings', async () => {
    folder = await makeServerFolder();
    const lines = Object.entries(SETTINGS).map(([name, value]) => `export ${name}="${value}"`);
    await writeFile(join(folder.dir, '.env'), `\uFEFF${lines.join('\r\n')}\r\n`);
    const server = folder.start({});
    await server.ready();
    expect(server.lines()).toContainEqual(
      expect.objectContaining({ msg: 'ready', callbacks: ['/wechat (plaintext)'] }),
    );
  });
});

describe('given a server that cannot start', () => {
  test('when nothing is configured, then it says what is missing and exits with 78', async () => {
    folder = await makeServerFolder();
    const server = folder.start({});
    expect(await server.exited).toBe(78);
    for (const name of ['WECHAT_APP_ID', 'WECHAT_TOKEN']) expect(server.errors()).toContain(name);
    expect(server.errors()).toMatch(NO_STACK);
    expect(server.errors().split('\n').length).toBeLessThan(25);
  });

  test('when the port is taken, then one text says so and how to go on, and it exits with 1', async () => {
    folder = await makeServerFolder();
    taken = createServer();
    const port = await listen(taken, { host: '127.0.0.1', port: 0, portName: 'PORT' });
    const server = folder.start({ ...SETTINGS, PORT: String(port) });
    expect(await server.exited).toBe(1);
    expect(server.errors()).toContain(`127.0.0.1:${port} is taken by another process`);
    expect(server.errors()).toMatch(/PORT=/);
    expect(server.errors()).toMatch(NO_STACK);
  });

  test('when another server has its data folder, then it says so and exits with 1', async () => {
    folder = await makeServerFolder();
    const first = folder.start(SETTINGS);
    await first.ready();
    const second = folder.start(SETTINGS);
    expect(await second.exited).toBe(1);
    expect(second.errors()).toMatch(/REDIS_URL/);
    expect(second.errors()).toMatch(NO_STACK);
    expect(await first.stop()).toBe(0);
  });
});

describe('given the built server and a browser', () => {
  test("when the operator's page is asked for, then its files come from the package, and a stop ends its stream", async () => {
    folder = await makeServerFolder(HANDLERS);
    const server = folder.start(SETTINGS);
    const { adminPort } = await server.ready();
    const url = `http://127.0.0.1:${adminPort}`;
    for (const path of ['/', '/main.js', '/page-kit/vendor/htm-preact.js'])
      expect([path, (await fetch(url + path, { headers: { connection: 'close' } })).status]).toEqual([
        path,
        200,
      ]);
    const events = await openEventStream(`${url}/events`);
    expect(await events.next('status')).toMatchObject({ status: 'ready' });
    server.child.kill('SIGTERM');
    await events.ended;
    expect(await server.exited).toBe(0);
  });
});

describe('given a running server that is told to stop', () => {
  test('when a push is under way, then it gets its answer first, and idle or slow connections do not hold the stop up', async () => {
    folder = await makeServerFolder(HANDLERS);
    const server = folder.start(SETTINGS);
    const { port } = await server.ready();
    const idle = connect(port, '127.0.0.1');
    const slow = connect(port, '127.0.0.1', () => slow.write('POST /wechat HTTP/1.1\r\nContent-Le'));
    for (const socket of [idle, slow]) socket.on('error', () => undefined).resume();
    const heard = exchange(port, [rawPush(wire(textXml({ Content: 'slow' })))]);
    await began(server);

    const askedAtMs = performance.now();
    server.child.kill('SIGTERM');
    expect(await heard.text).toMatch(/^HTTP\/1\.1 200 OK[^]*slow but in time/);
    expect(await server.exited).toBe(0);
    expect(performance.now() - askedAtMs).toBeLessThan(10_000);
    idle.destroy();
    slow.destroy();
  });

  test('when a handler never ends, then its push hears success at the deadline, and the stop ends within 10 s', async () => {
    folder = await makeServerFolder(HANDLERS);
    const server = folder.start({
      ...SETTINGS,
      REPLY_DEADLINE_MS: '2000',
      LATE_REPLY: 'customer-service',
    });
    const { port } = await server.ready();
    const heard = exchange(port, [rawPush(wire(textXml({ Content: 'hang' })))]);
    await began(server);
    const askedAtMs = performance.now();
    server.child.kill('SIGTERM');
    expect(await heard.text).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\n\r\nsuccess$/);
    expect(await server.exited).toBe(0);
    expect(performance.now() - askedAtMs).toBeLessThan(10_000);
  });

  test('when a second signal comes, then it ends at once', async () => {
    folder = await makeServerFolder(HANDLERS);
    const server = folder.start({ ...SETTINGS, REPLY_DEADLINE_MS: '60000' });
    const { port } = await server.ready();
    const heard = exchange(port, [rawPush(wire(textXml({ Content: 'hang' })))]);
    await began(server);
    server.child.kill('SIGTERM');
    await eventually(() =>
      expect(server.lines().map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/^stopping/)),
    );
    const askedAtMs = performance.now();
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(1);
    expect(performance.now() - askedAtMs).toBeLessThan(2_000);
    expect(await heard.text).toBe('');
  });
});
