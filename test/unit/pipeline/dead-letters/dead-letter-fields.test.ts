import { describe, expect, test } from '@jest/globals';
import { ApiRefused } from '../../../../src/api/api-error.js';
import { defineHandler, textPush, type Handler } from '../../../../src/index.js';
import type { DeadLetter } from '../../../../src/ports/state-store.js';
import { SimulatedCluster } from '../../../support/cluster/simulated-cluster.js';

/** The one letter of a push whose messages are refused with `refusal`. */
async function letterOf(handler: Handler, refusal?: Error): Promise<DeadLetter | undefined> {
  const world = new SimulatedCluster({ handler, refuse: () => refusal });
  const process = await world.startProcess();
  void process.receive(textPush({ content: 'hi' }).raw);
  await world.clock.advance(120_000);
  const [letter] = await world.store.deadLetters(10);
  await world.stopAll();
  return letter;
}

describe('given a dead letter', () => {
  test('when WeChat refused its message, then errcode, rid and channel are fields of their own', async () => {
    const handler = defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.defer({ order: 7 }),
      later: (ctx) => ctx.reply.text('done'),
    });
    const refusal = {
      errcode: 45008,
      text: 'too many articles',
      rid: '6a-1-2',
      errorClass: 'bad-request',
    } as const;
    const letter = await letterOf(handler, new ApiRefused('/cgi-bin/message/custom/send', refusal));
    expect(letter).toMatchObject({
      reason: 'bad-request',
      channel: 'customer-service',
      errcode: 45008,
      rid: '6a-1-2',
      runs: 1,
      messages: [{ msgtype: 'text' }],
    });
    expect(letter).not.toHaveProperty('task');
  });

  test('when `later` never got its task done, then the task is kept, and no channel: it had not set out', async () => {
    const handler = defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.defer({ order: 7 }),
      later() {
        throw new Error('no');
      },
    });
    const letter = await letterOf(handler);
    expect(letter).toMatchObject({ reason: 'later_threw', runs: 5, task: { order: 7 }, messages: [] });
    expect(letter).not.toHaveProperty('channel');
  });
});
