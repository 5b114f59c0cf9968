// next/pages/api/wechat.mjs
import { createServer, defineHandler } from 'wechat-callback-server';

export const config = { api: { bodyParser: false, externalResolver: true } };

const hello = defineHandler({
  on: 'message.text',
  handle: (ctx) => ctx.reply.text(`你好，${ctx.push.content}`),
});

async function open() {
  const wechat = await createServer(process.env, { handlers: { hello } });
  await wechat.open();
  return wechat.callback();
}

export default async function handler(request, response) {
  globalThis.wechatCallback ??= open();
  const callback = await globalThis.wechatCallback;
  return new Promise((resolve, reject) => {
    response.once('close', resolve);
    callback(request, response, reject);
  });
}
