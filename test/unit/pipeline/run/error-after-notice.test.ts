import { expect, test } from '@jest/globals';
import { defineHandler } from '../../../../src/index.js';
import { NOTICE, SimulatedCluster, TEXT_PUSH } from '../../../support/cluster/simulated-cluster.js';

test('given a notice that another process said for a run, when its handler throws, then that is a dead letter', async () => {
  const world: SimulatedCluster = new SimulatedCluster({
    lateRoad: 'passive-only',
    handler: defineHandler({
      on: 'message.text',
      async handle() {
        await new Promise<void>((resume) => {
          world.clock.schedule(20_000, resume);
        });
        throw new Error('no answer');
      },
    }),
  });
  const runner = await world.startProcess();
  const other = await world.startProcess();
  void runner.receive(TEXT_PUSH);
  await world.clock.advance(5_000);
  void runner.receive(TEXT_PUSH);
  await world.clock.advance(5_000);
  let said = '';
  void other.receive(TEXT_PUSH).then(({ body }) => (said = body));
  await world.clock.advance(60_000);
  const letters = await world.store.deadLetters(10);
  await world.stopAll();
  expect(said).toContain(NOTICE);
  expect(letters.map(({ reason }) => reason)).toEqual(['handler_threw']);
  expect(world.jobs.size).toBe(0);
});
