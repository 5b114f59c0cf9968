// Uses SDKs of others through the gateway, against the sandbox: unchanged, with the address of the admin listener as their base
// and its key in place of the AppSecret. `npm run test:sdks` installs them and runs this.
/* oxlint-disable typescript/no-floating-promises -- node:test awaits its tests by itself */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { coWechatApi, nodeEasywechat, wechatApi } from './groups.mjs';

const SDKS = { 'co-wechat-api': coWechatApi, 'wechat-api': wechatApi, 'node-easywechat': nodeEasywechat };
const KEY = 'a-key-of-the-admin-listener';
const STARTS_WITHIN_MS = 60_000;
const CLI = join(import.meta.dirname, '../../dist/src/cli/main.js');
/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const folder = mkdtempSync(join(tmpdir(), 'sdks-'));
const picture = join(folder, 'picture.png');
/** @type {import('node:child_process').ChildProcess[]} */
const children = [];
let sandbox = '';
let base = '';
/** @type {{ appId: string }} */
let account = { appId: '' };
let user = '';

/** Starts a command of the server and waits for what it says. @param {string[]} args @param {RegExp} said @param {object} env */
async function start(args, said, env = {}) {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const heard = new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${args[0]} does not start: ${output}`)),
      STARTS_WITHIN_MS,
    );
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
        const found = said.exec(output);
        if (found === null) return;
        clearTimeout(late);
        resolve(found[1]);
      });
  });
  return heard;
}

/** @param {string} method @param {string} path @param {object} [body] */
async function play(method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(
    sandbox + path,
    body === undefined ? { method } : { method, headers, body: JSON.stringify(body) },
  );
  assert.equal(response.status, 200, `${method} ${path}`);
  return response.json();
}

before(async () => {
  writeFileSync(picture, PNG);
  mkdirSync(join(folder, 'handlers'));
  sandbox = await start(['sandbox', '--port', '0'], /^Sandbox: +(http:\S+)$/m);
  const state = await play('GET', '/api/state');
  account = state.account;
  user = state.followers[0].openId;
  const port = await start(['serve'], /"adminPort":(\d+)/, {
    WECHAT_APP_ID: state.account.appId,
    WECHAT_APP_SECRET: state.account.appSecret,
    WECHAT_TOKEN: 'sdks',
    WECHAT_API_BASE_URLS: `${sandbox}/api.weixin.qq.com,${sandbox}/sh.api.weixin.qq.com`,
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: '0',
    ADMIN_KEY: KEY,
    API_GATEWAY: '1',
    HANDLERS_DIR: join(folder, 'handlers'),
    DATA_DIR: join(folder, 'data'),
  });
  base = `http://127.0.0.1:${port}`;
});

after(async () => {
  await Promise.all(
    children.map(async (child) => {
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    }),
  );
  rmSync(folder, { recursive: true });
});

for (const [name, create] of Object.entries(SDKS)) {
  describe(`given ${name}`, () => {
    const groups = () => create({ base, appId: account.appId, secret: KEY, user, picture });

    test('when each group of its calls is used, then all succeed', async () => {
      await play('POST', '/api/push', { kind: 'message.text', follower: user, fields: { Content: '你好' } });
      for (const [group, use] of Object.entries(groups())) {
        const results = await use();
        assert.deepEqual(
          results.map((result) => result === true || result === user),
          results.map(() => true),
          `${name} ${group}: ${JSON.stringify(results)}`,
        );
      }
    });

    test('when the key is wrong, then it says so in the words of WeChat', async () => {
      const { users } = create({
        base,
        appId: account.appId,
        secret: 'wrong',
        user,
        picture: `${picture}-2`,
      });
      await assert.rejects(users(), /invalid appsecret|40125|access_token/i);
    });
  });
}

test('given all of them, when WeChat ends the token while they call, then none notices', async () => {
  const all = Object.values(SDKS).map((create) =>
    create({ base, appId: account.appId, secret: KEY, user, picture }),
  );
  await Promise.all(all.map(({ users }) => users()));
  await play('POST', '/api/faults', { kind: 'token-invalid', path: '/cgi-bin/user/info', calls: 1 });
  const results = await Promise.all(all.map(({ users }) => users()));
  assert.deepEqual(
    results,
    all.map(() => [user, true]),
  );
});
