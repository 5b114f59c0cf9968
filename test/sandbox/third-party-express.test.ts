import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import { listen } from '../../src/http/listen.js';
import { SANDBOX_ACCOUNT } from '../../src/sandbox/default-account.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { runScenario } from '../../src/sandbox/scenario/run-scenario.js';
import { readScenario } from '../../src/sandbox/scenario/scenario.js';
import type { Mode } from '../../src/sandbox/types/types.js';
import { startDrivenSandbox } from './support/driven-sandbox.js';

/** The little of the package that is used here; it brings no types. */
type Wechat = (
  config: object,
  answer: (
    request: { readonly weixin: Readonly<Record<string, string>> },
    response: { reply(content: string): void },
  ) => void,
) => RequestHandler;
const wechat: Wechat = createRequire(import.meta.url)('wechat');

let sandbox: Sandbox | undefined;
let server: Server | undefined;
afterEach(async () => {
  await sandbox?.stop();
  await new Promise<void>((resolve) => {
    server?.close(() => resolve());
    server?.closeAllConnections();
  });
});

/** Texts that are answered only from this try on. */
const ANSWERS_FROM_TRY = new Map([
  ['late', Number.POSITIVE_INFINITY],
  ['third', 3],
]);

/** An Express app as somebody built it years ago, and the sandbox pointed at it. */
async function start(mode: Mode): Promise<Sandbox> {
  const { token, appId: appid, encodingAesKey: encodingAESKey } = SANDBOX_ACCOUNT;
  let tries = 0;
  const app = express();
  app.use(
    '/wechat',
    wechat(
      mode === 'plaintext' ? { token, appid } : { token, appid, encodingAESKey },
      (request, response) => {
        const { Event: event, EventKey: key, Content: content = '' } = request.weixin;
        if (event === 'CLICK') return response.reply(`菜单：${key}`);
        if (event !== undefined) return response.reply('');
        tries += 1;
        if (tries < (ANSWERS_FROM_TRY.get(content) ?? 0)) return undefined;
        return response.reply(`你说：${content}`);
      },
    ),
  );
  server = createServer(app);
  const port = await listen(server, { host: '127.0.0.1', port: 0, portName: 'PORT' });
  ({ sandbox } = await startDrivenSandbox({ account: { mode, target: `http://127.0.0.1:${port}/wechat` } }));
  return sandbox;
}

async function play(mode: Mode, steps: readonly object[]) {
  const report = await runScenario(await start(mode), readScenario({ name: 'a scenario', steps }));
  return report.steps.find(({ passed }) => !passed)?.problem?.en;
}

const typed = (Content: string) => ({ push: { fields: { Content } } });

describe.each(['plaintext', 'safe'] as const)(
  'given an Express app on an old middleware, in %s mode',
  (mode) => {
    test('when the console verifies its URL, then it is accepted', async () => {
      expect(await play(mode, [{ handshake: true, expect: { outcome: 'accepted' } }])).toBeUndefined();
    });

    test('when a follower types, then the reply shows in the chat', async () => {
      const shown = { type: 'text', content: '你说：你好 007' };
      const steps = [
        { ...typed('你好 007'), expect: { outcome: 'reply', tries: 1, status: 200, reply: shown } },
        { chat: { from: 'account', via: 'passive', shown } },
      ];
      expect(await play(mode, steps)).toBeUndefined();
    });

    test('when a follower taps the menu bar, then the click is pushed and its reply shown', async () => {
      const steps = [
        {
          call: {
            path: '/cgi-bin/menu/create',
            method: 'POST',
            token: 'stable',
            body: { button: [{ type: 'click', name: '今日歌曲', key: 'SONG' }] },
          },
          expect: { errcode: 0 },
        },
        {
          act: { action: 'tap', button: '0' },
          expect: { kind: 'event.CLICK', outcome: 'reply', reply: { type: 'text', content: '菜单：SONG' } },
        },
      ];
      expect(await play(mode, steps)).toBeUndefined();
    });

    test('when an event wants no reply, then the follower sees nothing', async () => {
      const steps = [
        { act: { action: 'unfollow' }, expect: { kind: 'event.unsubscribe', outcome: 'silent' } },
      ];
      expect(await play(mode, steps)).toBeUndefined();
    });

    test('when it never answers, then the follower sees the grey sentence and the cause is named', async () => {
      const failure = {
        outcome: 'failure',
        cause: 'late',
        sentence: '该公众号提供的服务出现故障，请稍后再试',
      };
      const steps = [
        {
          ...typed('late'),
          expect: { ...failure, outcomes: ['timeout', 'timeout', 'timeout'], tookMs: 15_000 },
        },
        { chat: { from: 'system' } },
      ];
      expect(await play(mode, steps)).toBeUndefined();
    });

    test('when it answers the third try, then that reply is shown', async () => {
      const steps = [
        {
          ...typed('third'),
          expect: { outcome: 'reply', outcomes: ['timeout', 'timeout', 'answered'], tookMs: '>=10000' },
        },
        { chat: { via: 'passive' } },
      ];
      expect(await play(mode, steps)).toBeUndefined();
    });

    test('when a push comes with a bad signature, then it is refused', async () => {
      const steps = [{ push: { hostile: 'bad-signature' }, expect: { outcome: 'refused', tries: 1 } }];
      expect(await play(mode, steps)).toBeUndefined();
    });
  },
);
