// This package itself, as an account that only answers passively and whose texts take longer than one attempt: it holds
// the first two attempts and answers the third.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { account, answerTo } from './listen.mjs';

/** Longer than two attempts. */
const TAKES_MS = 10_500;

const { createServer, defineHandler } = await import(process.env.OUR_PACKAGE ?? '');
const folder = mkdtempSync(join(tmpdir(), 'foreign-our-own-'));
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

const server = await createServer(
  {
    WECHAT_APP_ID: account.appId,
    WECHAT_TOKEN: account.token,
    ...(account.isSealed
      ? { WECHAT_CIPHER_MODE: 'safe', WECHAT_ENCODING_AES_KEY: account.aesKey }
      : { WECHAT_CIPHER_MODE: 'plaintext' }),
    LATE_REPLY: 'passive-only',
    HELD_TRIES_PER_5_MIN: '1000000', // the suite has more users than a minute usually brings
    DATA_DIR: folder,
    PORT: '0',
    ADMIN_PORT: '0',
  },
  {
    logger: silent,
    handlers: {
      text: defineHandler({
        on: 'message.text',
        async handle({ push, reply }) {
          const { text } = answerTo({ MsgType: 'text', Content: push.content });
          if (text === undefined) return undefined;
          await pass(TAKES_MS);
          return reply.text(text);
        },
      }),
      click: defineHandler({
        on: 'event.click',
        handle: ({ push, reply }) =>
          reply.text(answerTo({ MsgType: 'event', Event: 'CLICK', EventKey: push.key }).text),
      }),
    },
  },
);
const { port } = await server.start();
process.once('SIGTERM', () => {
  void server.stop().then(() => {
    rmSync(folder, { recursive: true });
    process.exit();
  });
});
console.log(port);
