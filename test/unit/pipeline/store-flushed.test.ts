import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../../src/index.js';
import type { Handler } from '../../../src/handler-runtime/define-handler.js';
import { SimulatedCluster } from '../../support/simulated-cluster.js';

const BODY =
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  '<CreateTime>1736670151</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content>' +
  '<MsgId>24863140378325117</MsgId></xml>';

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
    void one.receive(BODY).then(({ body }) => (said = body));
    await world.clock.advance(6_000);
    expect(said).toBe('success');
    world.flush();
    await world.clock.advance(60_000);
    expect(world.delivered.map(({ content }) => content)).toEqual(['the answer']);
    expect(await world.store.deadLetters(10)).toEqual([]);
    expect(world.jobs.size).toBe(0);
  });
});
