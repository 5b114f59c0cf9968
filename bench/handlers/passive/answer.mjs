import { ANSWER } from '../../account.mjs';

/** Answers at once. */
export default { on: 'message.text', handle: (ctx) => ctx.reply.text(ANSWER) };
