/** Defers; the late answer never ends. With one worker, which is stuck at the first job, the queue is not processed. */
export default {
  on: 'message.text',
  handle: (ctx) => ctx.defer({ content: ctx.push.content }),
  later: (ctx) =>
    new Promise((_, stop) => {
      ctx.signal.addEventListener('abort', () => stop(ctx.signal.reason));
    }),
};
