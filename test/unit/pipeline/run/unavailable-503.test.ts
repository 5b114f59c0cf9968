import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../../../src/index.js';
import {
  REPLY_DEADLINE_MS,
  SimulatedCluster,
  TEXT_PUSH,
  type SimulatedProcess,
} from '../../../support/cluster/simulated-cluster.js';

const READY_MS = REPLY_DEADLINE_MS - 100;
/** Of the swap that settles the answer: the claim and the job come before it. */
const ANSWER_STEP = 3;

let world: SimulatedCluster;
afterEach(() => world.stopAll());

const wait = (ms: number): Promise<void> =>
  new Promise((resume) => {
    world.clock.schedule(ms, resume);
  });

/** The answer is ready in time, but the store is so slow that its try is sent away before anything is sure. */
async function givenATurnedAwayTry(onAnswer: (runner: SimulatedProcess) => void = () => {}): Promise<void> {
  world = new SimulatedCluster({
    handler: defineHandler({
      on: 'message.text',
      async handle(ctx) {
        await wait(READY_MS);
        return ctx.reply.text('the answer');
      },
    }),
    faults: [{ process: 0, step: ANSWER_STEP, when: 'before', what: 'fail' }],
    pause: () => (world.clock.now() - startMs < READY_MS ? Promise.resolve() : wait(300)),
  });
  const startMs = world.clock.now();
  const one = await world.startProcess();
  await world.startProcess();
  let status = 0;
  void one.receive(TEXT_PUSH).then((answer) => {
    status = answer.status;
    onAnswer(one);
  });
  await world.clock.advance(6_000);
  expect(status).toBe(503);
}

describe('given a try that was sent away before its answer could be settled', () => {
  test.each(['the same', 'another'])(
    'when the next one comes to %s process, then it hears the answer, and nothing is sent',
    async (which) => {
      await givenATurnedAwayTry();
      let body = '';
      void world.processes[which === 'another' ? 1 : 0]
        ?.receive(TEXT_PUSH)
        .then((answer) => (body = answer.body));
      await world.clock.advance(2_000);
      expect(body).toContain('the answer');
      await world.clock.advance(60_000);
      expect(world.delivered).toEqual([]);
      expect(world.jobs.size).toBe(0);
    },
  );

  test.each([0, 100, 200, 300, 400, 500])(
    'when the next one comes to the same process %i ms later, while the answer is put aside, then it hears the answer all the same',
    async (afterMs) => {
      const heard: string[] = [];
      await givenATurnedAwayTry((runner) =>
        world.clock.schedule(afterMs, () => {
          void runner.receive(TEXT_PUSH).then(({ body }) => heard.push(body));
        }),
      );
      await world.clock.advance(60_000);
      expect(heard).toEqual([expect.stringContaining('the answer')]);
      expect([world.delivered, world.jobs.size]).toEqual([[], 0]);
    },
  );

  test('when no other one comes, then the answer is sent, once, when all tries are over', async () => {
    await givenATurnedAwayTry();
    await world.clock.advance(9_000);
    expect(world.delivered).toEqual([]);
    await world.clock.advance(60_000);
    expect(world.delivered.map(({ content }) => content)).toEqual(['the answer']);
    expect(world.jobs.size).toBe(0);
  });
});
