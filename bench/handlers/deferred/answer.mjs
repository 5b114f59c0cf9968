import { ANSWER } from '../../account.mjs';

/** Says `success` now and answers later. */
export default {
  on: 'message.text',
  handle: (ctx) => ctx.defer({ content: ctx.push.content }),
  later: (ctx) => ctx.reply.text(ANSWER),
};
