import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiRefused } from '../../../src/api/api-error.js';
import { defineHandler, textPush } from '../../../src/index.js';
import { SimulatedCluster } from '../../support/cluster/simulated-cluster.js';
import { inLongForm } from '../../support/proof/long-form.js';

const answering = defineHandler({
  on: 'message.text',
  handle: (ctx) => ctx.defer({}),
  later: (ctx) => ctx.reply.text('the answer'),
});
const lateTemplate = { templateId: 'T', data: { thing1: '{answer:20}' } };
const closed = new ApiRefused('/cgi-bin/message/custom/send', {
  errcode: 45015,
  text: 'response out of time limit',
  errorClass: 'window-closed',
});
const push = textPush({ content: 'hi' });

describe('given a template for answers that may not be sent any more', () => {
  test.each(['template', 'subscription'] as const)(
    'when it is a %s and faults are drawn at random, then nothing is lost, and nothing seen twice',
    async (type) => {
      const fault = fc.record({
        process: fc.integer({ min: 0, max: 2 }),
        step: fc.integer({ min: 1, max: 30 }),
        when: fc.constantFrom('before', 'after'),
        what: fc.constantFrom('crash', 'fail'),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fault, { maxLength: 3 }), async (faults) => {
          const world = new SimulatedCluster({
            handler: answering,
            faults,
            lateTemplate: { type, ...lateTemplate },
            refuse: () => closed,
          });
          const first = await world.startProcess();
          await world.startProcess();
          let heard: string | undefined;
          void first.receive(push.raw).then(({ body }) => (heard = body));
          await world.clock.advance(30_000);
          for (let more = 0; more < 2; more += 1) await world.startProcess();
          await world.clock.advance(90_000);
          const letters = await world.store.deadLetters(10);
          expect(world.delivered).toEqual([]);
          expect(letters.filter(({ reason }) => reason !== 'unknown')).toEqual([]);
          const seen = world.templates.map(({ data }) => data);
          expect(seen).toEqual(seen.slice(0, 1).map(() => ({ thing1: { value: 'the answer' } })));
          // Nobody was promised anything.
          if (seen.length === 0 && letters.length === 0) expect(heard).not.toBe('success');
          await world.stopAll();
        }),
        { numRuns: inLongForm(300, { else: 20 }) },
      );
    },
    120_000,
  );
});
