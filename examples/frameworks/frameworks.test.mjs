// Starts each example as a process of its own, and pushes to it as WeChat would. `npm run test:frameworks` installs what
// they need and runs this.
/* oxlint-disable typescript/no-floating-promises -- node:test awaits its tests by itself */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

const STARTS_WITHIN_MS = 120_000;
const ACCOUNT = {
  WECHAT_APP_ID: 'wx00000000000000ab',
  WECHAT_TOKEN: 'frameworks',
  WECHAT_ENCODING_AES_KEY: 'FrameworksKeyFrameworksKeyFrameworksKeyFra0',
};
const QUIET = { NEXT_TELEMETRY_DISABLED: '1' };
const CLI = join(import.meta.dirname, 'node_modules/wechat-callback-server/dist/src/cli/main.js');
const NEXT = join(import.meta.dirname, 'node_modules/next/dist/bin/next');

const EXAMPLES = [
  { name: 'Express 5', run: ['express.mjs'] },
  { name: 'Express 4', run: ['express4.mjs'] },
  { name: 'Koa', run: ['koa.mjs'] },
  { name: 'Fastify', run: ['fastify.mjs'] },
  { name: 'Hono', run: ['hono.mjs'] },
  { name: 'Nest', run: ['nest.mjs'] },
  { name: 'Next.js', prepare: [NEXT, 'build', 'next'], run: [NEXT, 'start', 'next'], path: '/api' },
];

for (const { name, prepare, run, path = '' } of EXAMPLES) {
  describe(`given ${name}`, () => {
    let example;
    before(async () => {
      if (prepare !== undefined)
        await promisify(execFile)(process.execPath, prepare, {
          cwd: import.meta.dirname,
          env: { PATH: process.env.PATH, HOME: process.env.HOME, ...QUIET },
        });
      example = await start(run);
    });
    after(() => example?.stop());

    test('when WeChat verifies the URL, then it gets its echostr', async () => {
      const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), '12345'];
      // Code-unit order, as the platform has it.
      // oxlint-disable-next-line typescript/require-array-sort-compare
      const signed = [ACCOUNT.WECHAT_TOKEN, timestamp, nonce].sort().join('');
      const signature = createHash('sha1').update(signed).digest('hex');
      const query = new URLSearchParams({ signature, timestamp, nonce, echostr: '9007199254740993' });
      const response = await fetch(`${example.url}${path}/wechat?${query}`);
      assert.deepEqual([response.status, await response.text()], [200, '9007199254740993']);
    });

    test('when a sealed push comes, then its reply is sealed', async () => {
      const { stdout } = await send(`${example.url}${path}/wechat`, '007 & <b>');
      assert.match(stdout, /a sealed reply, its MsgSignature is good/);
      assert.match(stdout, /<Content><!\[CDATA\[你好，007 & <b>\]\]><\/Content>/);
    });

    test('when a request is not signed, then it gets 403 without a body', async () => {
      const response = await fetch(`${example.url}${path}/wechat`, { method: 'POST', body: '<xml></xml>' });
      assert.deepEqual([response.status, await response.text()], [403, '']);
    });

    test('when another route of the application is asked, then it answers', async () => {
      const response = await fetch(`${example.url}${path}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"path":"/orders"}',
      });
      assert.deepEqual(await response.json(), { path: '/orders' });
    });
  });
}

/** An example in a process, with nothing in its environment but what it needs. */
async function start(args) {
  const dataDir = await mkdtemp(join(tmpdir(), 'frameworks-'));
  const port = await sparePort();
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      DATA_DIR: dataDir,
      ...QUIET,
      ...ACCOUNT,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + STARTS_WITHIN_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`${args.join(' ')} did not start:\n${output}`);
    }
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return {
    url,
    async stop() {
      const gone = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await gone;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const answers = (url) =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** A push in safe mode, by the command line. Rejects where the answer is none that WeChat takes. */
function send(url, content) {
  const { WECHAT_APP_ID: appId, WECHAT_TOKEN: token, WECHAT_ENCODING_AES_KEY: key } = ACCOUNT;
  const secrets = ['--app-id', appId, '--token', token, '--aes-key', key, '--mode', 'safe', '--dev'];
  const args = [CLI, 'send', 'message.text', '--field', `Content=${content}`, '--to', url, ...secrets];
  return promisify(execFile)(process.execPath, args);
}

function sparePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
