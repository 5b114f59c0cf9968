import { expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import { SimulatedCluster } from '../../support/cluster/simulated-cluster.js';

const bodyOf = (msgId: number): string =>
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  `<CreateTime>1736670151</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${msgId}]]></Content>` +
  `<MsgId>2486314037832511${msgId}</MsgId></xml>`;

test('given a long text that its handler pinned to the passive channel, when it is answered, then its rest comes with the next message, and none is sent', async () => {
  const long = `${'a'.repeat(2_000)}\n\n${'b'.repeat(2_000)}`;
  const world: SimulatedCluster = new SimulatedCluster({
    handler: defineHandler({
      on: 'message.text',
      handle: (ctx) => (ctx.push.content === '1' ? ctx.reply.text(long, { channel: 'passive' }) : undefined),
    }),
  });
  const process = await world.startProcess();
  const said: string[] = [];
  void process.receive(bodyOf(1)).then(({ body }) => said.push(body));
  await world.clock.advance(60_000);
  expect(said[0]).toContain('aaa');
  expect(world.delivered).toEqual([]);
  void process.receive(bodyOf(2)).then(({ body }) => said.push(body));
  await world.clock.advance(1_000);
  await world.stopAll();
  expect(said[1]).toContain('b'.repeat(2_000));
  expect(world.delivered).toEqual([]);
});
