/**
 * Says `success` now; the late answer is never done. With one worker, which is stuck at the first one, nobody works on
 * the queue.
 */
export default {
  on: 'message.text',
  handle: (ctx) => ctx.defer({ content: ctx.push.content }),
  later: (ctx) =>
    new Promise((_, stop) => {
      ctx.signal.addEventListener('abort', () => stop(ctx.signal.reason));
    }),
};
