import { expect, test } from '@jest/globals';
import { defineHandler, textPush } from '../../../../src/index.js';
import { SimulatedCluster } from '../../../support/cluster/simulated-cluster.js';

/** As many messages as the window of a text allows. */
const ANSWER = Array.from({ length: 5 }, (_, part) => `${part} ${'.'.repeat(2_030)}`).join('\n\n');

test('given an answer that uses the window up, when its worker dies at any step, then no dead letter says that the window was closed', async () => {
  let sawAll = 0;
  for (let step = 20; step <= 40; step += 1) {
    const world = new SimulatedCluster({
      handler: defineHandler({
        on: 'message.text',
        handle: (ctx) => ctx.defer({}),
        later: (ctx) => ctx.reply.text(ANSWER),
      }),
      faults: [{ process: 0, step, when: 'after', what: 'crash' }],
    });
    const first = await world.startProcess();
    void first.receive(textPush({ content: 'hi' }).raw);
    await world.clock.advance(5_000);
    await world.startProcess();
    await world.clock.advance(60_000);
    await world.stopAll();
    if (world.delivered.length < 5) continue;
    sawAll += 1;
    expect((await world.store.deadLetters(10)).map(({ reason }) => reason)).not.toContain('window-closed');
  }
  expect(sawAll).toBeGreaterThan(2);
});
