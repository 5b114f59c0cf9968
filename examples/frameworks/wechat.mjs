// wechat.mjs
import { createServer, defineHandler } from 'wechat-callback-server';

export const wechat = await createServer(process.env, {
  handlers: {
    hello: defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.reply.text(`你好，${ctx.push.content}`),
    }),
  },
});
await wechat.open();
