import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import type { Handler } from '../../../src/handler-runtime/define-handler.js';
import { SimulatedCluster, TEXT_PUSH } from '../../support/cluster/simulated-cluster.js';

let world: SimulatedCluster;
afterEach(() => world.stopAll());

const wait = (ms: number): Promise<void> =>
  new Promise((resume) => {
    world.clock.schedule(ms, resume);
  });

const overruns = (): Handler =>
  defineHandler({
    on: 'message.text',
    async handle(ctx) {
      await wait(8_000);
      return ctx.reply.text('the answer');
    },
  });

const defers = (): Handler =>
  defineHandler({
    on: 'message.text',
    handle: (ctx) => ctx.defer({ to: 'later' }),
    async later(ctx) {
      await wait(8_000);
      return ctx.reply.text('the answer');
    },
  });

describe('given a store that forgets everything while an answer is being made', () => {
  test.each([
    ['overruns', overruns],
    ['defers', defers],
  ])('when its handler %s, then the answer is sent all the same, once', async (_name, make) => {
    world = new SimulatedCluster({ handler: make() });
    const one = await world.startProcess();
    await world.startProcess();
    let said = '';
    void one.receive(TEXT_PUSH).then(({ body }) => (said = body));
    await world.clock.advance(6_000);
    expect(said).toBe('success');
    world.flush();
    await world.clock.advance(60_000);
    expect(world.delivered.map(({ content }) => content)).toEqual(['the answer']);
    expect(await world.store.deadLetters(10)).toEqual([]);
    expect(world.jobs.size).toBe(0);
  });
});
