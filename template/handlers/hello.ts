import { defineHandler, says } from 'wechat-callback-server';

/** “你好” or “hello”: says who they are. Any other text gets no reply. */
export default defineHandler({
  on: 'message.text',
  when: says('你好', 'hello'),
  handle: (ctx) => ctx.reply.text(`你好！你的 OpenID 是 ${ctx.user}`),
});
