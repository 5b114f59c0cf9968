import { expect, test } from '@jest/globals';
import { ApiRefused } from '../../../../src/api/api-error.js';
import { defineHandler, type HandleContext, type PushOf } from '../../../../src/index.js';
import { anything } from '../../../support/app/handler-runtime.js';
import { SimulatedCluster, TEXT_PUSH } from '../../../support/cluster/simulated-cluster.js';

/** Twelve messages full: five may be sent. */
const LONG_ANSWER = Array.from({ length: 12 }, (_, part) => `${part} ${'.'.repeat(2_030)}`).join('\n\n');

test('given an answer that was cut to fit, when its end is refused as well, then letters hold all that nobody saw', async () => {
  const world: SimulatedCluster = new SimulatedCluster({
    handler: defineHandler({
      on: 'message.text',
      handle: async (ctx) => {
        await new Promise<void>((resume) => {
          world.clock.schedule(6_000, resume);
        });
        return ctx.reply.text(LONG_ANSWER);
      },
    }),
    refuse: (content) =>
      content.startsWith('…')
        ? new ApiRefused('/cgi-bin/message/custom/send', {
            errcode: 45047,
            text: 'out of response count limit',
            errorClass: 'window-closed',
          })
        : undefined,
  });
  const process = await world.startProcess();
  void process.receive(TEXT_PUSH);
  await world.clock.advance(15_000);
  const letters = await world.store.deadLetters(10);
  await world.stopAll();
  expect(letters.map(({ reason }) => reason).toSorted()).toEqual(['too_many_messages', 'window-closed']);
  const texts = [
    ...world.delivered.map(({ content }) => content),
    ...letters.flatMap(({ messages }) =>
      messages.map((message) => (message.msgtype === 'text' ? message.text.content : '')),
    ),
  ];
  const dots = texts.join('').replaceAll(/[^.]/g, '').length;
  expect([world.delivered.length, dots]).toEqual([4, 12 * 2_030]);
});

test.each<[string, (ctx: HandleContext<PushOf<'message.text'>>) => unknown]>([
  ['makes', (ctx) => ctx.reply.text('')],
  ['returns', () => ({ type: 'text', content: 42 })],
])(
  'given a handler that %s a reply that WeChat would refuse, when its deadline is over, then the letter says so',
  async (_, answer) => {
    const world: SimulatedCluster = new SimulatedCluster({
      handler: defineHandler({
        on: 'message.text',
        handle: async (ctx) => {
          await new Promise<void>((resume) => {
            world.clock.schedule(6_000, resume);
          });
          return anything(answer(ctx));
        },
      }),
    });
    const process = await world.startProcess();
    void process.receive(TEXT_PUSH);
    await world.clock.advance(15_000);
    const letters = await world.store.deadLetters(10);
    await world.stopAll();
    expect(letters).toMatchObject([{ reason: 'reply_invalid', detail: expect.stringContaining('content') }]);
  },
);
