import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { SANDBOX_ACCOUNT } from '../../src/sandbox/default-account.js';
import type { Mode } from '../../src/sandbox/types/types.js';

/** The little of these packages that is used here; they bring no types. */
interface Packages {
  'co-wechat'(config: object): {
    middleware(answer: (message: Record<string, string>) => Promise<unknown>): unknown;
  };
  koa: new () => { use(middleware: unknown): void; callback(): RequestListener };
}
const load = createRequire(import.meta.url);
const wechat: Packages['co-wechat'] = load('co-wechat');
const Koa: Packages['koa'] = load('koa');

let sandbox: Sandbox;
let server: Server;
afterEach(async () => {
  await sandbox.stop();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
});

/** A server that somebody built years ago on a middleware from npm. */
async function start(mode: Mode): Promise<void> {
  const { token, appId: appid, encodingAesKey: encodingAESKey } = SANDBOX_ACCOUNT;
  const config = mode === 'plaintext' ? { token, appid } : { token, appid, encodingAESKey };
  const app = new Koa();
  app.use(
    wechat(config).middleware((message) => {
      if (message['MsgType'] === 'image') {
        return Promise.resolve({ type: 'image', content: { mediaId: message['MediaId'] } });
      }
      return Promise.resolve(message['Event'] === 'CLICK' ? '' : `你说：${message['Content']}`);
    }),
  );
  server = createServer(app.callback());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  sandbox = createSandbox({ port: 0, account: { mode, target: `http://127.0.0.1:${port}/` } });
  await sandbox.start();
}

describe('given a server built on an old middleware from npm', () => {
  test.each(['plaintext', 'safe'] as const)(
    'when the sandbox drives it in %s mode, then handshake, text, picture and silence work',
    async (mode) => {
      await start(mode);
      expect((await sandbox.state.pusher.handshake().done).verdict?.outcome).toBe('accepted');
      const verdictOn = async (request: Parameters<Sandbox['push']>[0]) =>
        (await sandbox.push(request))[0]?.verdict;
      expect(await verdictOn({ fields: { Content: '你好 007' } })).toMatchObject({
        outcome: 'reply',
        reply: { type: 'text', content: '你说：你好 007' },
      });
      expect(await verdictOn({ kind: 'message.image' })).toMatchObject({ reply: { type: 'image' } });
      expect(await verdictOn({ kind: 'event.CLICK' })).toMatchObject({ outcome: 'silent' });
      expect(await verdictOn({ hostile: 'bad-signature' })).toMatchObject({ outcome: 'refused' });
    },
  );
});
