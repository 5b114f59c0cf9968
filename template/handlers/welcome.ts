import { defineHandler } from 'wechat-callback-server';

/** A new follower. */
export default defineHandler({
  on: 'event.subscribe',
  handle: (ctx) => ctx.reply.text('欢迎关注！发“你好”试试。'),
});
