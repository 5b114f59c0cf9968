import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeServerFolder, type ServerFolder } from '../support/processes/built-server.js';
import { FIXTURE_ACCOUNT, pushAsWeChat, type WirePush } from '../support/wechat/seal.js';
import { exchange, rawPush, textXml, type CipherMode } from '../support/wechat/wire-push.js';

/** Bytes that one connection of a stranger sends; see junk-sender.mjs. */
interface Junk {
  readonly head: string;
  readonly unit?: string;
  readonly units?: number;
  readonly times?: number;
}

const CONNECTIONS = 50;
const PUSHES = 12;
const KB = 1_000;

let folder: ServerFolder;
let sender: ChildProcess | undefined;
let pushes = 0;

beforeEach(async () => {
  folder = await makeServerFolder({
    'hello.mjs': `export default { on: '*', handle: ({ reply }) => reply.text('hello') };`,
  });
});
afterEach(async () => {
  sender?.kill('SIGKILL');
  sender = undefined;
  await folder.remove();
});

async function start(mode: CipherMode): Promise<number> {
  const server = folder.start({
    WECHAT_APP_ID: FIXTURE_ACCOUNT.appId,
    WECHAT_APP_SECRET: 'test-secret',
    WECHAT_TOKEN: FIXTURE_ACCOUNT.token,
    WECHAT_API_BASE_URLS: 'http://127.0.0.1:9',
    ...(mode !== 'plaintext' && {
      WECHAT_CIPHER_MODE: mode,
      WECHAT_ENCODING_AES_KEY: FIXTURE_ACCOUNT.encodingAesKey,
    }),
  });
  return (await server.ready()).port;
}

async function sendJunk(port: number, junk: readonly Junk[]): Promise<void> {
  sender = fork('test/support/processes/junk-sender.mjs', { stdio: 'ignore' });
  const requests = junk.map((one) => ({ unit: '', units: 0, times: 1, ...one }));
  const started = once(sender, 'message');
  sender.send({ port, connections: CONNECTIONS, requests });
  await started;
}

/** A push that was never made before. */
function genuine(mode: CipherMode): WirePush {
  pushes += 1;
  const timestamp = String(Math.floor(Date.now() / 1000));
  return pushAsWeChat(textXml({ CreateTime: timestamp }), { mode, timestamp, nonce: `junk${pushes}` });
}

/** Each on a connection of its own, as WeChat opens them; ms of the slowest answer. */
async function slowestAnswer(port: number, mode: CipherMode): Promise<number> {
  let slowestMs = 0;
  for (let n = 0; n < PUSHES; n += 1) {
    const request = rawPush(genuine(mode)).replace('Host: x\r\n', 'Host: x\r\nConnection: close\r\n');
    const startMs = performance.now();
    expect(await exchange(port, [request]).text).toMatch(/^HTTP\/1\.1 200 OK/);
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
  }
  return slowestMs;
}

const urlOf = ({ query }: WirePush) => `/wechat?${new URLSearchParams(query).toString()}`;

/** Signed like WeChat's as far as anyone can tell who has no secret. */
function forgedUrl(): string {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = '0'.repeat(40);
  return urlOf({ query: { timestamp, nonce: '1', signature, msg_signature: signature }, body: '' });
}

const pipelined: readonly [string, () => Junk][] = [
  ['GET /healthz', () => ({ head: 'GET /healthz', times: 50_000 })],
  ['a POST to another path', () => ({ head: 'POST /other', unit: 'x', units: 10, times: 30_000 })],
  [
    'a push with a bad signature',
    () => ({ head: `POST ${forgedUrl()}`, unit: 'x', units: 10, times: 10_000 }),
  ],
];

describe('given 50 connections of strangers that send as fast as they can', () => {
  test.each(pipelined)('when they pipeline %s, then a push is answered within 5 s', async (_, junk) => {
    const port = await start('plaintext');
    await sendJunk(port, [junk()]);
    expect(await slowestAnswer(port, 'plaintext')).toBeLessThan(5_000);
  });

  test('when they send bodies of 250 KB without a signature and under one they saw, then a push is answered within 5 s', async () => {
    const port = await start('plaintext');
    const seen = urlOf(genuine('plaintext'));
    await sendJunk(port, [
      { head: 'POST /wechat', unit: 'x', units: 250 * KB },
      { head: `POST ${seen}`, unit: '<a b="">1</a>', units: 19 * KB },
      { head: `POST ${seen}`, unit: '<a>1</a>', units: 31 * KB },
    ]);
    expect(await slowestAnswer(port, 'plaintext')).toBeLessThan(5_000);
  });

  test('when they send large bodies that may be envelopes, then a sealed push is answered within 5 s', async () => {
    const port = await start('compatible');
    await sendJunk(port, [
      { head: `POST ${forgedUrl()}`, unit: 'x', units: 1_000 * KB },
      { head: `POST ${forgedUrl()}`, unit: '<a>1</a>', units: 31 * KB },
      { head: `POST ${forgedUrl()}`, unit: '<a b="">1</a>', units: 2 * KB },
    ]);
    expect(await slowestAnswer(port, 'compatible')).toBeLessThan(5_000);
  });
});
