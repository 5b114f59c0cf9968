// "人工": hands the user over to human staff
import { defineHandler, says } from 'wechat-callback-server';

export default defineHandler({
  on: 'message.text',
  when: says('人工', '客服', 'staff'),
  handle: (ctx) => ctx.reply.toStaff(),
});
