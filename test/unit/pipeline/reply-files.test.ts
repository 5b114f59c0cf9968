import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import { SimulatedCluster } from '../../support/cluster/simulated-cluster.js';

const BODY =
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  '<CreateTime>1736670150</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[q]]></Content>' +
  '<MsgId>1</MsgId></xml>';

let world: SimulatedCluster;
afterEach(() => world.stopAll());

async function ask(uploadMs: number): Promise<string | undefined> {
  world = new SimulatedCluster({
    handler: defineHandler({ on: 'message.text', handle: (ctx) => ctx.reply.image({ path: '/a.png' }) }),
    mediaCache: {
      of: () => new Promise((resolve) => void world.clock.schedule(uploadMs, () => resolve('m1'))),
      reupload: async () => undefined,
    },
  });
  const process = await world.startProcess();
  let heard: string | undefined;
  void process.receive(BODY).then(({ body }) => (heard = body));
  await world.clock.advance(5_000);
  return heard;
}

describe('given a handler that returned at once, and a file to be uploaded first', () => {
  test('when the upload is over in time, then the reply is passive', async () => {
    expect(await ask(4_000)).toContain('<MediaId><![CDATA[m1]]></MediaId>');
    expect(world.delivered).toEqual([]);
  });

  test('when the deadline is faster, then "success" is said and the reply travels late', async () => {
    expect(await ask(7_000)).toBe('success');
    expect(world.delivered).toEqual([]);
    await world.clock.advance(10_000);
    expect(world.delivered).toHaveLength(1);
  });
});
