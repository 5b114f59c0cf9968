import { expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import { REPLY_DEADLINE_MS, SimulatedCluster } from '../../support/simulated-cluster.js';

const BODY =
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  '<CreateTime>1736670151</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content>' +
  '<MsgId>24863140378325117</MsgId></xml>';

/** Longer than the clock waits between timers: the one of the handler runs into the adoption. */
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
        // In two pauses, so that its timer comes right behind that of the deadline.
        for (const ms of [REPLY_DEADLINE_MS - 100, 100])
          await new Promise<void>((resume) => {
            world.clock.schedule(ms, resume);
          });
        return ctx.reply.text('the answer');
      },
    }),
  });
  const process = await world.startProcess();
  void process.receive(BODY);
  await severalTurns();
  await world.clock.advance(11 * 60_000);
  const letters = await world.store.deadLetters(10);
  await world.stopAll();
  expect(world.delivered).toHaveLength(1);
  expect(letters.map(({ reason }) => reason)).toEqual([]);
});
