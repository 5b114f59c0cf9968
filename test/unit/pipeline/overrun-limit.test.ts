import { expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import { REPLY_DEADLINE_MS, SimulatedCluster, TEXT_PUSH } from '../../support/cluster/simulated-cluster.js';

/** Takes more turns than the clock waits between timers, so that the handler ends during the adoption. */
async function severalTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1)
    await new Promise<void>((resume) => {
      setImmediate(resume);
    });
}

test('given a handler that ends while its run is being adopted, when ten minutes pass, then nobody takes it for hung', async () => {
  const world: SimulatedCluster = new SimulatedCluster({
    pause: severalTurns,
    handler: defineHandler({
      on: 'message.text',
      async handle(ctx) {
        // In two pauses, so that its timer runs right after that of the deadline.
        for (const ms of [REPLY_DEADLINE_MS - 100, 100])
          await new Promise<void>((resume) => {
            world.clock.schedule(ms, resume);
          });
        return ctx.reply.text('the answer');
      },
    }),
  });
  const process = await world.startProcess();
  void process.receive(TEXT_PUSH);
  await severalTurns();
  await world.clock.advance(REPLY_DEADLINE_MS - 50);
  // The job is durable before the deadline, so that the run can be adopted.
  await severalTurns();
  expect(world.jobs.size).toBe(1);
  await world.clock.advance(11 * 60_000);
  const letters = await world.store.deadLetters(10);
  await world.stopAll();
  expect(world.delivered).toHaveLength(1);
  expect(letters.map(({ reason }) => reason)).toEqual([]);
});
