import type { HandlersByName } from '../../src/embed.js';
import { defineHandler } from '../../src/index.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Load } from '../soak/handlers.js';

/** `slow 7000` answers after 7 s, `throw` throws; everything else is echoed. */
export function handlersOf(clock: Clock): { readonly load: Load; readonly handlers: HandlersByName } {
  const load: Load = { underWay: 0 };
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.schedule(ms, resolve);
    });
  const answer = defineHandler({
    on: 'message.text',
    async handle({ push, reply }) {
      if (push.content === 'throw') throw new Error('on purpose');
      load.underWay += 1;
      try {
        await wait(Number(/^slow (\d+)$/.exec(push.content)?.[1] ?? 0));
        return reply.text(`to ${push.content}`);
      } finally {
        load.underWay -= 1;
      }
    },
  });
  return { load, handlers: { answer } };
}
