import { expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import { NOTICE, SimulatedCluster } from '../../support/cluster/simulated-cluster.js';

const bodyOf = (msgId: number): string =>
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  `<CreateTime>1736670151</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${msgId}]]></Content>` +
  `<MsgId>2486314037832511${msgId}</MsgId></xml>`;

test('given an account that may only answer passively, when `later` fails while a try waits, then it hears the notice, and the next message the answer', async () => {
  let failures = 0;
  const world: SimulatedCluster = new SimulatedCluster({
    lateRoad: 'passive-only',
    handler: defineHandler({
      on: 'message.text',
      handle: (ctx) => (ctx.push.content === '1' ? ctx.defer({ to: 'later' }) : ctx.reply.text('the other')),
      async later(ctx) {
        await new Promise<void>((resume) => {
          world.clock.schedule(1_000, resume);
        });
        failures += 1;
        if (failures === 1) throw new Error('no luck');
        return ctx.reply.text('the answer');
      },
    }),
  });
  const process = await world.startProcess();
  const said: string[] = [];
  void process.receive(bodyOf(1)).then(({ body }) => said.push(body));
  await world.clock.advance(2_000);
  expect(said).toEqual([expect.stringContaining(NOTICE)]);
  void process.receive(bodyOf(1)).then(({ body }) => said.push(body));
  await world.clock.advance(30_000);
  expect(said[1]).toBe(said[0]);
  void process.receive(bodyOf(2)).then(({ body }) => said.push(body));
  await world.clock.advance(1_000);
  await world.stopAll();
  expect(said[2]).toMatch(/the answer[\s\S]*the other/);
});
