import { ANSWER } from '../../account.mjs';

/** Defers: `success` now, the answer later. */
export default {
  on: 'message.text',
  handle: (ctx) => ctx.defer({ content: ctx.push.content }),
  later: (ctx) => ctx.reply.text(ANSWER),
};
