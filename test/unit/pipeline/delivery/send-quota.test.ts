import { expect, test } from '@jest/globals';
import { defineHandler } from '../../../../src/index.js';
import { SimulatedCluster, TEXT_PUSH } from '../../../support/cluster/simulated-cluster.js';

const LONG_ANSWER = Array.from({ length: 12 }, (_, part) => `${part} ${'.'.repeat(2_030)}`).join('\n\n');

test('given a push whose first try died, when its second one is answered late, then its window has opened once', async () => {
  const world: SimulatedCluster = new SimulatedCluster({
    handler: defineHandler({
      on: 'message.text',
      async handle(ctx) {
        if (ctx.attempt > 1) await ctx.send(ctx.reply.text('a moment'));
        await new Promise<void>((resume) => {
          world.clock.schedule(8_000, resume);
        });
        return ctx.reply.text(LONG_ANSWER);
      },
    }),
  });
  const [first, second] = [await world.startProcess(), await world.startProcess()];
  void first.receive(TEXT_PUSH);
  await world.clock.advance(1_000);
  first.die();
  await world.clock.advance(4_000);
  void second.receive(TEXT_PUSH);
  await world.clock.advance(30_000);
  await world.stopAll();
  // The moment, and four of the answer: WeChat takes five.
  expect(world.delivered).toHaveLength(5);
  expect(world.delivered.at(-1)?.content).toMatch(/^…/);
});
