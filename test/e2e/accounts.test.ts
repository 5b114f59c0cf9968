import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  makeServerFolder,
  startServer,
  type Role,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { sparePort } from '../support/processes/port-of.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { eventually } from '../support/time/eventually.js';
import { startFakeWechatApi, textOf, type FakeWechatApi } from '../support/wechat/fake-wechat-api.js';
import { TEST_TOKEN, sendAttempt, typeText, type Attempt } from '../support/wechat/wechat.js';

const HANDLERS = {
  'answers.mjs': `export default {
    on: 'message.text',
    async handle({ account, reply, push, log }) {
      if (push.content !== 'slow') return reply.text(account + ': ' + push.content);
      log.info({}, 'begun');
      await new Promise((resume) => setTimeout(resume, 2500));
      return reply.text(account + ': ' + push.content);
    } };`,
  'only-shop.mjs': `export default {
    on: 'message.text',
    accounts: ['shop'],
    when: (push) => push.content === 'price',
    handle: ({ reply }) => reply.text('for the shop alone') };`,
  'sees.mjs': `export default {
    on: 'message.text',
    accounts: ['shop'],
    observe: ({ account, log }) => log.info({ account }, 'observer saw it') };`,
};
/** Every answer is late, and so through the queue. */
const LATE = {
  'late.mjs': `export default {
    on: 'message.text',
    handle: ({ defer }) => defer({}),
    later: ({ reply, account }) => reply.text('late, from ' + account) };`,
};
const ids = { shop: 'wx0000000000000000', news: 'wx0000000000000001', club: 'wx0000000000000002' } as const;
type Name = keyof typeof ids;

let folder: ServerFolder;

/** Replaces the accounts file as an editor does. */
async function write(
  accounts: Readonly<Record<string, object>> | string,
  file = 'accounts.json',
): Promise<void> {
  const text = typeof accounts === 'string' ? accounts : JSON.stringify(accounts);
  await writeFile(join(folder.dir, 'next.json'), text);
  await rename(join(folder.dir, 'next.json'), join(folder.dir, file));
}

const those = (...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, { appId: ids[name], token: TEST_TOKEN }]));

const settings = () => ({
  WECHAT_ACCOUNTS_FILE: join(folder.dir, 'accounts.json'),
  WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
});

const said = (server: ServerProcess, event: string) =>
  server.lines().filter(({ msg }) => String(msg).startsWith(event));
const body = (attempt: Attempt): string => (attempt.answered ? attempt.body : attempt.why);

describe('given a server of several accounts', () => {
  let server: ServerProcess;
  let url: string;
  let adminUrl: string;
  beforeAll(async () => {
    folder = await makeServerFolder(HANDLERS);
    await write(those('shop', 'news'));
    server = folder.start(settings());
    const { port, adminPort } = await server.ready();
    url = `http://127.0.0.1:${port}/wechat`;
    adminUrl = `http://127.0.0.1:${adminPort}`;
  });

  afterAll(() => folder.remove());
  beforeEach(async () => {
    await write(those('shop', 'news'));
    server.child.kill('SIGHUP');
    await eventually(async () => expect(await names()).toEqual(['shop', 'news']));
    expect(said(server, 'settings pending')).toEqual([]);
  });

  const ask = (name: Name, content: string, user?: string) =>
    sendAttempt(`${url}/${name}`, typeText(content, user));
  const status = async (): Promise<{ accounts: { name: string }[]; alarms: { alarm: string }[] }> => {
    const response = await fetch(`${adminUrl}/status`);
    return response.json();
  };
  const names = async () => (await status()).accounts.map(({ name }) => name);
  const alarms = async () => (await status()).alarms.map(({ alarm }) => alarm);

  test('when accounts come, change and go while all get pushes, then each answers its own, and none of the others notices', async () => {
    const over = new AbortController();
    let asked = 0;
    const typing = (['shop', 'news'] as const).map(async (name) => {
      while (!over.signal.aborted) {
        asked += 1;
        const content = `text ${asked}`;
        expect(body(await ask(name, content, 'oSameUser'))).toContain(`${name}: ${content}]]>`);
      }
    });
    await write(those('shop', 'news', 'club')); // and nothing else is done
    await eventually(async () => expect(await names()).toEqual(['shop', 'news', 'club']));
    expect(body(await ask('club', 'hello', 'oSameUser'))).toContain('club: hello]]>');

    await write({ ...those('shop', 'news'), club: { appId: ids.club, token: 'another-token' } });
    server.child.kill('SIGHUP'); // at once
    await eventually(() =>
      expect(said(server, 'settings reloaded')).toContainEqual(
        expect.objectContaining({ changed: ['club'] }),
      ),
    );
    expect(await ask('club', 'hello')).toMatchObject({ status: 403 });

    await write(those('shop', 'news'));
    await eventually(() =>
      expect(said(server, 'settings reloaded')).toContainEqual(
        expect.objectContaining({ removed: ['club'] }),
      ),
    );
    expect(await ask('club', 'hello')).toMatchObject({ status: 404 });
    over.abort();
    await Promise.all(typing);
    expect(asked).toBeGreaterThan(20);
    expect(JSON.stringify(server.lines())).not.toContain('another-token');
  });

  test('when an account is removed while a push of it runs, then that push still gets its answer', async () => {
    const answer = ask('news', 'slow');
    await eventually(() => expect(said(server, 'begun')).toHaveLength(1));
    await write(those('shop'));
    server.child.kill('SIGHUP');
    await eventually(async () => expect(await names()).toEqual(['shop']));
    expect(body(await answer)).toContain('news: slow]]>');
  });

  test('when a file is at fault, then the accounts stay, an alarm says so, and a good file ends it', async () => {
    await write('{ "shop": ');
    await eventually(() => expect(said(server, 'settings not reloaded')).toHaveLength(1));
    expect(await alarms()).toEqual(['settings']);
    expect(await names()).toEqual(['shop', 'news']);
    expect(body(await ask('news', 'still here'))).toContain('news: still here]]>');

    await write(those('shop', 'club'));
    await eventually(async () => expect(await names()).toEqual(['shop', 'club']));
    expect(await alarms()).toEqual([]);
  });

  test('when a handler or observer is bound to an account, then no other gets it, and that one cannot go before it', async () => {
    expect(body(await ask('shop', 'price'))).toContain('for the shop alone');
    expect(body(await ask('news', 'price'))).toContain('news: price');
    const seenOf = () => new Set(said(server, 'observer saw it').map(({ account }) => account));
    await eventually(() => expect(seenOf()).toEqual(new Set(['shop'])));

    await write(those('news'));
    await eventually(() => expect(said(server, 'settings not reloaded')).toHaveLength(2));
    expect(JSON.stringify(said(server, 'settings not reloaded'))).toMatch(
      /only-shop\.mjs: its `accounts` holds \\*"shop/,
    );
    expect(await names()).toEqual(['shop', 'news']);
  });
});

describe('given a server that reads the place of its accounts file from .env', () => {
  test('when that place changes at a SIGHUP, then the new file is watched from then on', async () => {
    folder = await makeServerFolder(HANDLERS);
    await write(those('shop'));
    await write(those('shop', 'news'), 'others.json');
    const dotEnv = (file: string) => writeFile(join(folder.dir, '.env'), `WECHAT_ACCOUNTS_FILE=${file}\n`);
    await dotEnv('accounts.json');
    const server = folder.start({ WECHAT_API_BASE_URLS: 'http://127.0.0.1:9' });
    await server.ready();
    await dotEnv('others.json');
    server.child.kill('SIGHUP');
    const reloaded = () => said(server, 'settings reloaded');
    await eventually(() => expect(reloaded()).toMatchObject([{ added: ['news'] }]));
    await write(those('shop', 'news', 'club'), 'others.json'); // and no signal
    await eventually(() => expect(reloaded()).toMatchObject([{}, { added: ['club'] }]));
    expect(said(server, 'settings pending')).toEqual([]);
    await folder.remove();
  });
});

describe('given handlers that are bound to an account that nobody configured', () => {
  test('when the server starts, then it names the file and the account, and ends with 1', async () => {
    folder = await makeServerFolder({
      'it.mjs': `export default { on: '*', accounts: ['shpo'], handle() {} };`,
    });
    await write(those('shop'));
    const server = folder.start(settings());
    expect(await server.exited).toBe(1);
    expect(server.errors()).toMatch(/it\.mjs: its `accounts` holds "shpo".*did you mean "shop"\?/);
    await folder.remove();
  });
});

describe('given processes that share a Redis', () => {
  let redis: RedisServer;
  let api: FakeWechatApi;
  const servers: ServerProcess[] = [];
  beforeEach(async () => {
    redis = await RedisServer.start({ fsync: 'no' });
    api = await startFakeWechatApi();
    folder = await makeServerFolder(LATE);
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL')));
    await folder.remove();
    await api.close();
    await redis.stop();
  });

  async function start(role: Role, more: Readonly<Record<string, string>>, options: string[] = []) {
    const server = startServer(
      folder.dir,
      {
        HOST: '127.0.0.1',
        PORT: String(await sparePort()),
        ADMIN_PORT: '0',
        HANDLERS_DIR: folder.dir,
        REDIS_URL: redis.url,
        LATE_REPLY: 'customer-service',
        DATA_DIR: join(folder.dir, `data-${role}`),
        ...settings(),
        WECHAT_API_BASE_URLS: api.url,
        ...more,
      },
      role,
      options,
    );
    servers.push(server);
    await server.ready();
    return server;
  }
  const withSecrets = (...names: readonly Name[]) =>
    Object.fromEntries(
      Object.entries(those(...names)).map(([name, account]) => [
        name,
        { ...account, appSecret: 'test-secret' },
      ]),
    );
  const sent = () => api.received.map(({ body: message }) => textOf(message));

  test('when a worker does not know the account of late work yet, then the answer is sent once it does', async () => {
    await write(withSecrets('shop', 'news'));
    await write(withSecrets('shop'), 'of-the-worker.json');
    const web = await start('web', {});
    const worker = await start('worker', { WECHAT_ACCOUNTS_FILE: join(folder.dir, 'of-the-worker.json') });
    const { port } = await web.ready();
    const attempt = await sendAttempt(`http://127.0.0.1:${port}/wechat/news`, typeText('hello'));
    expect(attempt).toMatchObject({ status: 200, body: 'success' });
    await eventually(() => expect(said(worker, 'job deferred')).not.toEqual([]));
    expect(sent()).toEqual([]);
    await write(withSecrets('shop', 'news'), 'of-the-worker.json');
    await eventually(() => expect(sent()).toEqual(['late, from news']));
  });

  test('when two share the port, then each takes the change of the file, and those that SIGHUP starts know it, too', async () => {
    await write(withSecrets('shop'));
    const server = await start('all', {}, ['--processes', '2']);
    await eventually(() => expect(said(server, 'ready')).toHaveLength(2), 60_000);
    const { port } = await server.ready();
    const ask = (name: Name) => sendAttempt(`http://127.0.0.1:${port}/wechat/${name}`, typeText('hello'));
    expect(await ask('news')).toMatchObject({ status: 404 });
    await write(withSecrets('shop', 'news'));
    const reloaded = () => new Set(said(server, 'settings reloaded').map(({ pid }) => pid));
    await eventually(() => expect(reloaded().size).toBe(2));
    const all = await Promise.all(Array.from({ length: 8 }, () => ask('news')));
    expect(all.map(body)).toEqual(Array.from({ length: 8 }, () => 'success'));
    await eventually(() => expect(sent()).toHaveLength(8));

    server.child.kill('SIGHUP');
    await write(withSecrets('shop')); // while one after the other is replaced
    await eventually(() => expect(said(server, 'reload done')).toHaveLength(1), 60_000);
    const statuses = async () =>
      (await Promise.all(Array.from({ length: 8 }, () => ask('news')))).map((attempt) =>
        attempt.answered ? attempt.status : attempt.why,
      );
    await eventually(async () => expect(new Set(await statuses())).toEqual(new Set([404])));
    expect(await ask('shop')).toMatchObject({ status: 200 });
    expect(await server.stop()).toBe(0);
  }, 180_000);
});
