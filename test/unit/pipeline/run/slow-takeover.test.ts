import { afterEach, expect, test } from '@jest/globals';
import { defineHandler } from '../../../../src/index.js';
import { SimulatedCluster, TEXT_PUSH } from '../../../support/cluster/simulated-cluster.js';

let world: SimulatedCluster;
afterEach(() => world.stopAll());

const wait = (ms: number): Promise<void> =>
  new Promise((resume) => {
    world.clock.schedule(ms, resume);
  });

test.each([20, 60, 110, 150, 250, 390])(
  'given a store that takes %i ms for everything, when the process of a push dies, then the next attempt hears the answer of one more run',
  async (stepMs) => {
    let isFirst = true;
    world = new SimulatedCluster({
      handler: defineHandler({
        on: 'message.text',
        async handle(ctx) {
          if (isFirst) {
            isFirst = false;
            await new Promise(() => {});
          }
          await wait(30);
          return ctx.reply.text('the answer');
        },
      }),
      pause: () => wait(stepMs),
    });
    const one = await world.startProcess();
    const other = await world.startProcess();
    void one.receive(TEXT_PUSH);
    await world.clock.advance(1_000);
    one.die();
    await world.clock.advance(2_500); // until it is known to be dead
    let heard = '';
    void other.receive(TEXT_PUSH).then(({ body }) => (heard = body));
    await world.clock.advance(60_000);
    expect(heard).toContain('the answer');
    expect(world.runs).toBe(2);
    expect([world.delivered, world.jobs.size]).toEqual([[], 0]);
  },
);
