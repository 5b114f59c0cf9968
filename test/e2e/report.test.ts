import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { consoleForm } from '../../src/sandbox/http-api/console-form.js';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import type { ApiCall } from '../../src/sandbox/types/types.js';
import { beijingMs, readReport, type ReportLanguage } from '../support/operator/read-report.js';
import {
  makeServerFolder,
  type ServerFolder,
  type ServerProcess,
} from '../support/processes/built-server.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { eventually } from '../support/time/eventually.js';

const TYPED = '用户写的私密内容 typed by a user';
const ANSWER = '给用户的私密回复 written for a user';
const HANDLER = `
export default {
  on: 'message.text',
  async handle({ push, defer, api }) {
    await api.users.info({ openid: push.user }).catch(() => undefined);
    return defer({});
  },
  later: ({ reply }) => reply.text('${ANSWER}'),
};
`;
const SEND = '/cgi-bin/message/custom/send';
const INFO = '/cgi-bin/user/info';
const FOLLOWER = 'oReported';
const MSG_ID = '24863140371234567';

let redis: RedisServer | undefined;
let sandbox: Sandbox;
let folder: ServerFolder;
let server: ServerProcess;
let env: Record<string, string>;

async function start(store: 'embedded' | 'Redis'): Promise<void> {
  sandbox = createSandbox({ port: 0, account: { mode: 'safe', token: 'the-secret-Token' } });
  await sandbox.start();
  folder = await makeServerFolder({ 'answer.mjs': HANDLER });
  redis = store === 'Redis' ? await RedisServer.start({ fsync: 'no' }) : undefined;
  env = {
    ...consoleForm(sandbox.state.account(), sandbox.accessPoints()).environment,
    LATE_REPLY: 'customer-service',
    DATA_DIR: join(folder.dir, 'data'),
    ...(redis !== undefined && { REDIS_URL: redis.url }),
  };
  server = folder.start(env);
  const { port, adminPort } = await server.ready();
  env = { ...env, ADMIN_PORT: String(adminPort) };
  sandbox.state.changeAccount({ target: `http://127.0.0.1:${port}/wechat` });
}

afterEach(async () => {
  await folder.remove();
  await sandbox.stop();
  await redis?.stop();
});

async function report(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [resolve('dist/src/cli/main.js'), 'report', ...args], {
    cwd: folder.dir,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
  if (child.exitCode !== 0) throw new Error(`exit code ${child.exitCode}: ${err}${out}`);
  return out;
}

/** A user is none, the account is punished, and somebody else sends a push. */
async function goWrong(): Promise<{ info: ApiCall; send: ApiCall }> {
  sandbox.state.faults.add({ kind: 'errcode', errcode: 40_003, path: INFO });
  sandbox.state.faults.add({ kind: 'errcode', errcode: 48_004, path: SEND });
  await sandbox.push({ follower: FOLLOWER, fields: { Content: TYPED, MsgId: MSG_ID } });
  await sandbox.push({ follower: FOLLOWER, fields: { Content: TYPED }, hostile: 'bad-signature' });
  const callTo = (path: string): ApiCall | undefined =>
    sandbox.state.calls.list().find((call) => call.path === path && call.errcode !== 0);
  await eventually(() => expect(callTo(SEND)).toBeDefined());
  const [info, send] = [callTo(INFO), callTo(SEND)];
  if (info === undefined || send === undefined) throw new Error('nothing was refused');
  return { info, send };
}

interface Listed {
  readonly id: string;
  readonly sort: string;
  readonly what: string;
}

/** The four of them, by what they are, once all are noted. */
async function troubleIds(): Promise<Record<string, string>> {
  let ids: Record<string, string> = {};
  await eventually(async () => {
    const listed: Listed[] = JSON.parse(await report('--json'));
    ids = Object.fromEntries(listed.map(({ id, sort, what }) => [`${sort} ${what}`, id]));
    expect(Object.keys(ids)).toHaveLength(4);
  });
  return ids;
}

/** Words that belong to nobody but the account and its users. */
function expectNoSecrets(text: string): void {
  const { appSecret, token, encodingAesKey } = sandbox.state.account();
  const tokens = sandbox.state.tokens.list().map((issued) => issued.token);
  for (const secret of [appSecret, token, encodingAesKey, ...tokens, TYPED, ANSWER, '私密'])
    expect(text).not.toContain(secret);
}

/** Three words of the other language in a row are a sentence that nobody translated. */
const FOREIGN = { zh: /[a-z]{3,} [a-z]{2,} [a-z]{2,}/, en: /\p{Script=Han}/u } as const;

const NAMES = {
  send: `api ${SEND}`,
  info: `api ${INFO}`,
  dead: 'dead-letter permission',
  refused: 'refusal signature_mismatch',
} as const;

const SCENES = {
  zh: {
    send: '客服消息-发送客服消息',
    info: '用户管理-获取用户基本信息',
    dead: '客服消息-回复没有送达用户（permission）',
    refused: '消息推送-接收推送时被本服务拒绝（signature_mismatch）',
  },
  en: {
    send: expect.stringMatching(/customer-service message/i),
    info: 'User info',
    dead: 'Customer-service message: an answer reached nobody (permission)',
    refused: 'Message push: a push was refused by this server (signature_mismatch)',
  },
} as const;

function expectCall(
  text: string,
  language: ReportLanguage,
  call: ApiCall,
  scene: unknown,
  name: keyof typeof NAMES,
): void {
  const read = readReport(text, language);
  const { appId, originalId } = sandbox.state.account();
  expect(read).toMatchObject({
    scene,
    path: call.path,
    appId,
    originalId,
    user: FOLLOWER,
    errcode: String(call.errcode),
    errmsg: expect.stringContaining(call.rid ?? 'no rid'),
    rid: call.rid,
    accessPoint: new URL(sandbox.accessPoints()[0]?.url ?? '').host,
    reproduce: expect.stringContaining(
      `${call.method} https://api.weixin.qq.com${call.path}?access_token=***`,
    ),
    versions: expect.stringContaining('wechat-callback-server'),
  });
  expect(Math.abs(beijingMs(read.time) - call.atMs)).toBeLessThan(10_000);
  // The first group of a rid is the second of its call.
  expect(beijingMs(read.ridTime)).toBe(Math.floor(call.atMs / 1_000) * 1_000);
  for (const sentence of [read.advice, read.detail, read.meaning, read.often, read.scene])
    if (sentence !== undefined) expect(sentence).not.toMatch(FOREIGN[language]);
  expect(read.advice).not.toBe('');
  if (name === 'dead')
    expect(read).toMatchObject({
      push: expect.stringContaining(`message.text msg-${MSG_ID}`),
      handler: 'answer',
    });
  expectNoSecrets(text);
}

describe.each(['embedded', 'Redis'] as const)('given what went wrong, and the %s store', (store) => {
  test('when reports are asked for while the server runs and once it is down, then each names scene, ids, time, errcode, rid and access point in its language, and nothing secret', async () => {
    await start(store);
    const { info, send } = await goWrong();
    const ids = await troubleIds();
    async function check(name: keyof (typeof SCENES)['zh'], language: ReportLanguage): Promise<void> {
      const text = await report(ids[NAMES[name]] ?? '', '--lang', language);
      const scene = SCENES[language][name];
      if (name !== 'refused') return expectCall(text, language, name === 'info' ? info : send, scene, name);
      const read = readReport(text, language);
      expect(read).toMatchObject({ scene, appId: sandbox.state.account().appId });
      expect(Math.abs(beijingMs(read.time) - Date.now())).toBeLessThan(600_000);
      expectNoSecrets(text);
    }

    await check('dead', 'zh');
    await check('send', 'en');
    if (store === 'embedded') {
      await check('send', 'zh');
      await check('dead', 'en');
      for (const language of ['zh', 'en'] as const) {
        await check('info', language);
        await check('refused', language);
      }
    }
    const list = await report('--lang', 'zh');
    expect(list).toContain('客服消息-发送客服消息');
    expectNoSecrets(list);
    await server.stop();
    expect(await report('--lang', 'zh')).toBe(list);
    await check('send', 'zh');
    await check('dead', 'en');
  }, 240_000);

  test('when WeChat is asked what a rid was, then its record is there without tokens and texts, with the server up and down', async () => {
    await start(store);
    const { send } = await goWrong();
    const ids = await troubleIds();
    for (const isUp of [true, false]) {
      if (!isUp) await server.stop();
      const text = await report(ids[`api ${SEND}`] ?? '', '--rid');
      const { ridAnswer = '', address } = readReport(text, 'zh');
      expect(JSON.parse(ridAnswer)).toEqual({
        invoke_time: Math.floor(send.atMs / 1_000),
        cost_in_ms: Math.round(send.durationMs),
        request_url: 'access_token=***',
        request_body: expect.stringMatching(/^\*\*\* \(\d+ bytes\)$/),
        response_body: { errcode: 48_004, errmsg: expect.stringContaining(send.rid ?? 'no rid') },
        client_ip: '127.0.0.1',
      });
      expect(address).toBe('127.0.0.1');
      expectNoSecrets(text);
    }
  }, 240_000);
});
