import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import {
  makeServerFolder,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { endProcess } from '../support/processes/end-process.js';
import { sparePort } from '../support/processes/port-of.js';
import { RedisCluster } from '../support/processes/redis-cluster.js';
import { RedisSentinels } from '../support/processes/redis-sentinels.js';
import { redisProgram, RedisServer } from '../support/processes/redis-server.js';
import { startRenamingProxy } from '../support/processes/renaming-proxy.js';
import { eventually } from '../support/time/eventually.js';
import { TEST_TOKEN, sendAttempt, typeText } from '../support/wechat/wechat.js';

const HANDLER = `export default { on: 'message.text', handle: ({ reply }) => reply.text('answer') };`;
const tls = (name: string) => resolve(`test/support/tls/${name}.pem`);
type Settings = Readonly<Record<string, string>>;

let folder: ServerFolder;
beforeAll(async () => {
  folder = await makeServerFolder({ 'answers.mjs': HANDLER });
});
afterAll(() => folder.remove());

function start(settings: Settings): ServerProcess {
  return folder.start({
    WECHAT_APP_ID: 'wx0000000000000001',
    WECHAT_TOKEN: TEST_TOKEN,
    WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
    ...settings,
  });
}

/** It serves from this Redis: not degraded, and a push is answered. */
async function serves(settings: Settings): Promise<void> {
  const server = start(settings);
  const { port } = await server.ready();
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () =>
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' }),
  );
  const said = await sendAttempt(`${url}/wechat`, typeText('hello'));
  expect(said).toMatchObject({ status: 200, body: expect.stringContaining('answer') });
  expect(await server.stop()).toBe(0);
  expect(server.errors()).toBe('');
}

/** It ends with 78 and says this, in one line, without what must not be said. */
async function refuses(settings: Settings, reason: string, cure: RegExp): Promise<void> {
  const server = start(settings);
  expect(await server.exited).toBe(78);
  expect(server.errors()).toMatch(/^The server cannot start: Redis refuses this server \([A-Z_0-9]+\).*\n$/);
  expect(server.errors()).toContain(`(${reason})`);
  expect(server.errors()).toMatch(cure);
  expect(server.errors()).not.toContain('of-another-user');
}

describe('given a Redis that speaks TLS, wants a client certificate and an ACL user', () => {
  let redis: RedisServer;
  let port: number;
  let settings: Settings;
  beforeAll(async () => {
    port = await sparePort();
    const files = ['--tls-cert-file', tls('server-cert'), '--tls-key-file', tls('server-key')];
    redis = await RedisServer.start({
      fsync: 'no',
      settings: ['--tls-port', String(port), ...files, '--tls-ca-cert-file', tls('test-ca')],
    });
    const admin = new Redis(redis.url);
    await admin.acl('SETUSER', 'app', 'on', '>secret', '~{wechat}*', '+@all', '-@dangerous');
    admin.disconnect();
    settings = {
      REDIS_URL: `rediss://127.0.0.1:${port}`,
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD: 'secret',
      REDIS_TLS_CA_FILE: tls('test-ca'),
      REDIS_TLS_CERT_FILE: tls('client-cert'),
      REDIS_TLS_KEY_FILE: tls('client-key'),
    };
  });
  afterAll(() => redis.stop());

  test('when all of that is set, then the server serves from it', () => serves(settings));

  test('when another authority is trusted, then it says so and ends with 78', () =>
    refuses(
      { ...settings, REDIS_TLS_CA_FILE: tls('other-ca') },
      'SELF_SIGNED_CERT_IN_CHAIN',
      /REDIS_TLS_CA_FILE/,
    ));

  test('when there is no client certificate, then it says so and ends with 78', () => {
    const { REDIS_TLS_CERT_FILE: _cert, REDIS_TLS_KEY_FILE: _key, ...rest } = settings;
    return refuses(rest, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /REDIS_TLS_CERT_FILE/);
  });

  test('when the password is wrong, then it says so and ends with 78', () =>
    refuses(
      { ...settings, REDIS_PASSWORD: 'of-another-user' },
      'WRONGPASS',
      /REDIS_USERNAME and REDIS_PASSWORD/,
    ));
});

describe('given a Redis whose certificate is for another host', () => {
  test('when the server starts, then it says so and ends with 78', async () => {
    const port = await sparePort();
    const files = ['--tls-cert-file', tls('elsewhere-cert'), '--tls-key-file', tls('elsewhere-key')];
    const redis = await RedisServer.start({
      fsync: 'no',
      settings: ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'],
    });
    try {
      const settings = { REDIS_URL: `rediss://127.0.0.1:${port}`, REDIS_TLS_CA_FILE: tls('test-ca') };
      await refuses(settings, 'ERR_TLS_CERT_ALTNAME_INVALID', /another name or address/);
    } finally {
      await redis.stop();
    }
  });
});

describe('given a Redis whose certificate has expired', () => {
  test('when the server starts, then it says so and ends with 78', async () => {
    const port = await sparePort();
    const files = ['--tls-cert-file', tls('expired-cert'), '--tls-key-file', tls('expired-key')];
    const redis = await RedisServer.start({
      fsync: 'no',
      settings: ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'],
    });
    try {
      const settings = { REDIS_URL: `rediss://127.0.0.1:${port}`, REDIS_TLS_CA_FILE: tls('expired-cert') };
      await refuses(settings, 'CERT_HAS_EXPIRED', /not valid today\. Renew it/);
    } finally {
      await redis.stop();
    }
  });
});

describe('given a Sentinel and a cluster that are reached by TLS', () => {
  const files = ['--tls-cert-file', tls('server-cert'), '--tls-key-file', tls('server-key')];
  const withTls = [...files, '--tls-ca-cert-file', tls('test-ca'), '--tls-auth-clients', 'no'];
  const trusted = { REDIS_TLS: '1', REDIS_TLS_CA_FILE: tls('test-ca') };

  test('when Sentinel and primary speak TLS, then the server serves from it; another authority ends it with 78', async () => {
    const [port, sentinelPort] = [await sparePort(), await sparePort()];
    const redis = await RedisServer.start({
      fsync: 'no',
      settings: ['--tls-port', String(port), '--tls-replication', 'yes', ...withTls],
    });
    const dir = await mkdtemp(join(tmpdir(), 'wechat-sentinel-'));
    const file = join(dir, 'sentinel.conf');
    const lines = [`port 0`, `tls-port ${sentinelPort}`, 'tls-replication yes', `dir ${dir}`];
    const more = withTls
      .join(' ')
      .split(' --')
      .map((setting) => setting.replace(/^--/, ''));
    lines.push(...more, `sentinel monitor mymaster 127.0.0.1 ${port} 1`);
    await writeFile(file, `${lines.join('\n')}\n`);
    const sentinel = spawn(redisProgram(), [file, '--sentinel'], { stdio: 'ignore' });
    try {
      const settings = { REDIS_SENTINELS: `127.0.0.1:${sentinelPort}`, REDIS_MASTER: 'mymaster', ...trusted };
      await serves(settings);
      const untrusted = { ...settings, REDIS_TLS_CA_FILE: tls('other-ca') };
      await refuses(untrusted, 'SELF_SIGNED_CERT_IN_CHAIN', /REDIS_TLS_CA_FILE/);
    } finally {
      await endProcess(sentinel);
      await redis.stop();
      await rm(dir, { recursive: true });
    }
  });

  test('when the nodes of a cluster speak TLS, then the server serves from it', async () => {
    const port = await sparePort();
    const settings = ['--cluster-enabled', 'yes', '--cluster-port', String(await sparePort())];
    const redis = await RedisServer.start({
      fsync: 'no',
      settings: [...settings, '--tls-port', String(port), '--tls-cluster', 'yes', ...withTls],
    });
    const client = new Redis(redis.url);
    await client.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await eventually(async () => expect(await client.cluster('INFO')).toContain('cluster_state:ok'));
    client.disconnect();
    try {
      await serves({ REDIS_CLUSTER: `127.0.0.1:${port}`, ...trusted });
    } finally {
      await redis.stop();
    }
  });
});

describe('given a Redis that wants a password', () => {
  test('when there is none, then it says so and ends with 78', async () => {
    const redis = await RedisServer.start({ fsync: 'no' });
    const client = new Redis(redis.url);
    await client.config('SET', 'requirepass', 'secret');
    client.disconnect();
    try {
      await refuses({ REDIS_URL: redis.url }, 'NOAUTH', /requires a password; put it in REDIS_URL/);
    } finally {
      await redis.stop();
    }
  });
});

describe('given a Redis on a socket of this machine', () => {
  test('when REDIS_URL names the socket, then the server serves from it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'wechat-socket-'));
    const socket = join(dir, 'redis.sock');
    const redis = await RedisServer.start({ fsync: 'no', settings: ['--unixsocket', socket] });
    try {
      await serves({ REDIS_URL: `unix://${socket}?db=1` });
    } finally {
      await redis.stop();
      await rm(dir, { recursive: true });
    }
  });
});

describe('given a Redis of an older version', () => {
  test('when the server starts, then it says so and ends with 78', async () => {
    const redis = await RedisServer.start({ fsync: 'no' });
    const proxy = await startRenamingProxy(redis.port, await olderVersion(redis));
    try {
      await refuses({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` }, 'TOO_OLD', /6\.2 or newer/);
    } finally {
      await proxy.close();
      await redis.stop();
    }
  });
});

async function olderVersion(redis: RedisServer): Promise<[string, string]> {
  const client = new Redis(redis.url);
  const [line = ''] = /^redis_version:\S+/m.exec(await client.info('server')) ?? [];
  client.disconnect();
  return [line, 'redis_version:6.0.'.padEnd(line.length, '9')];
}

describe('given a Redis that wants a password, and Sentinels that want another one', () => {
  let sentinels: RedisSentinels;
  beforeAll(async () => {
    sentinels = await RedisSentinels.start({ password: 'sentinel-secret' });
  }, 120_000);
  afterAll(() => sentinels.stop());

  test('when their password is missing, then it says so and ends with 78', () => {
    const { REDIS_SENTINEL_PASSWORD: _password, ...rest } = sentinels.settings;
    return refuses(rest, 'SENTINEL_NOAUTH', /REDIS_SENTINEL_PASSWORD/);
  });

  test('when they know no primary of this name, then it says so and ends with 78', () =>
    refuses({ ...sentinels.settings, REDIS_MASTER: 'other' }, 'NO_SUCH_MASTER', /REDIS_MASTER/));

  test('when what is named is no Sentinel, then it says so and ends with 78', async () => {
    const { port } = await sentinels.primary();
    const { REDIS_SENTINEL_PASSWORD: _password, ...rest } = sentinels.settings;
    await refuses({ ...rest, REDIS_SENTINELS: `127.0.0.1:${port}` }, 'NOT_A_SENTINEL', /26379/);
  });
});

describe('given a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  }, 120_000);
  afterAll(() => cluster.stop());

  test('when REDIS_URL names a node without our keys, then it says so and ends with 78', async () => {
    await refuses({ REDIS_URL: (await cluster.bystander()).url }, 'MOVED', /REDIS_CLUSTER/);
  });

  test('when REDIS_CLUSTER names a Redis that is none, then it says so and ends with 78', async () => {
    const redis = await RedisServer.start({ fsync: 'no' });
    try {
      await refuses({ REDIS_CLUSTER: `127.0.0.1:${redis.port}` }, 'NOT_A_CLUSTER', /REDIS_URL/);
    } finally {
      await redis.stop();
    }
  });
});

describe('given what time can mend', () => {
  let server: ServerProcess | undefined;
  afterEach(async () => void (await server?.stop('SIGKILL')));

  test.each([
    ['Redis', (port: number) => ({ REDIS_URL: `redis://127.0.0.1:${port}` })],
    ['the Sentinels', (port: number) => ({ REDIS_SENTINELS: `127.0.0.1:${port}`, REDIS_MASTER: 'm' })],
    ['the cluster', (port: number) => ({ REDIS_CLUSTER: `127.0.0.1:${port}` })],
  ])(
    'when nobody answers for %s, then the server starts all the same, and says degraded',
    async (_what, settings) => {
      server = start({ ...settings(await sparePort()), DATA_DIR: join(folder.dir, 'degraded') });
      const { port } = await server.ready();
      const readiness = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).json();
      await eventually(async () => expect(await readiness()).toEqual({ status: 'degraded' }));
    },
  );
});
