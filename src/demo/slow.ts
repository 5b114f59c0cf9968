// "慢" or "slow 8": takes 6 (or 8) seconds, longer than WeChat waits. The handler just returns; the server does the rest
import { defineHandler } from 'wechat-callback-server';
import { pause } from './_forecasts.js';

export default defineHandler({
  on: 'message.text',
  when: ({ content }) => /^\s*(?:慢|slow)\s*(\d{1,2})?\s*$/i.exec(content),

  async handle(ctx) {
    const seconds = Number(ctx.found[1] ?? 6);
    await pause(seconds * 1_000, ctx.signal);
    return ctx.reply.text(`让你久等了 ${seconds} 秒。`);
  },
});
