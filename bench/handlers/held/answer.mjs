import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER } from '../../account.mjs';

/** Takes longer than WeChat waits: each push is held up to its deadline and answered late. */
export default {
  on: 'message.text',
  handle: async (ctx) => {
    await sleep(6_000);
    return ctx.reply.text(ANSWER);
  },
};
