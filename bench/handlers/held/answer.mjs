import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER } from '../../account.mjs';

/** Number of warm-up pushes of `limits.mjs`. */
const QUICK = 6_000;
let seen = 0;

/**
 * Answers the first pushes at once, to warm up the server, and delays all others far beyond the deadline, so that no
 * late answer is sent before the last push got its `success`.
 */
export default {
  on: 'message.text',
  handle: async (ctx) => {
    seen += 1;
    if (seen > QUICK) await sleep(60_000, undefined, { signal: ctx.signal });
    return ctx.reply.text(ANSWER);
  },
};
