import { afterEach, describe, expect, test } from '@jest/globals';
import { TextStream, type StreamOptions } from '../../../src/handler-runtime/text-stream.js';
import { defineHandler } from '../../../src/index.js';
import { SimulatedCluster } from '../../support/cluster/simulated-cluster.js';

const bodyOf = (msgId: number): string =>
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  `<CreateTime>${1_736_670_150 + msgId}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[q]]></Content>` +
  `<MsgId>${msgId}</MsgId></xml>`;

let world: SimulatedCluster;
afterEach(() => world.stopAll());

/** Words that come at given times, in ms. */
interface Script {
  readonly words: readonly (readonly [ms: number, word: string])[];
  readonly breaks?: boolean;
  readonly options?: StreamOptions;
}

async function ask({ words, breaks = false, options }: Script, lateRoad?: 'passive-only') {
  const state = { wasLetGo: false };
  async function* writing(): AsyncGenerator<string> {
    let at = 0;
    try {
      for (const [ms, word] of words) {
        const waitMs = ms - at;
        await new Promise<void>((resume) => void world.clock.schedule(waitMs, resume));
        at = ms;
        yield word;
      }
      if (breaks) throw new Error('the model went away');
    } finally {
      state.wasLetGo = true;
    }
  }
  const handler = defineHandler({
    on: 'message.text',
    handle: (ctx) =>
      ctx.push.msgId === '1' ? new TextStream(writing(), options) : ctx.reply.text('another answer'),
  });
  world = new SimulatedCluster({ handler, ...(lateRoad && { lateRoad }) });
  const processes = [await world.startProcess(), await world.startProcess()];
  const heard: { body: string; afterMs: number }[] = [];
  const push = (msgId: number, process = 0): void => {
    const startMs = world.clock.now();
    void processes[process]?.receive(bodyOf(msgId)).then(({ body }) => {
      const afterMs = world.clock.now() - startMs;
      if (afterMs < 5_000) heard.push({ body, afterMs });
    });
  };
  push(1);
  return { heard, push, state, advance: (ms: number) => world.clock.advance(ms) };
}

const texts = (): string[] => world.delivered.map(({ content }) => content);

describe('given an answer that is written bit by bit', () => {
  test('when it ends in time, then it is one passive reply', async () => {
    const { heard, advance } = await ask({
      words: [
        [500, '天空'],
        [1_500, '是蓝色的。'],
      ],
    });
    await advance(20_000);
    expect(heard[0]?.body).toContain('天空是蓝色的。');
    expect(texts()).toEqual([]);
  });

  test('when it goes on after the deadline, then its whole sentences are said in time and the rest comes late', async () => {
    const { heard, advance } = await ask({
      words: [
        [3_900, '第一句。第二'],
        [8_000, '句。'],
        [9_000, '第三句。'],
      ],
    });
    await advance(5_000);
    expect(heard[0]?.body).toContain('第一句。');
    expect(heard[0]?.body).not.toContain('第二');
    expect(heard[0]?.afterMs).toBeLessThanOrEqual(4_510);
    await advance(20_000);
    expect(texts()).toEqual(['第二句。第三句。']);
  });

  test('when no sentence is whole at the deadline, then "success" is said and all of it comes late', async () => {
    const { heard, advance } = await ask({
      words: [
        [3_000, '还没有完'],
        [7_000, '的句子。'],
      ],
    });
    await advance(20_000);
    expect(heard[0]?.body).toBe('success');
    expect(texts()).toEqual(['还没有完的句子。']);
  });

  test('when it breaks off late, then what had come is sent', async () => {
    const { advance } = await ask({
      breaks: true,
      words: [
        [3_000, '一。'],
        [7_000, '二。'],
      ],
    });
    await advance(20_000);
    expect(texts()).toEqual(['二。']);
  });

  test('when it breaks off before anything came, then the push is answered like one whose handler threw', async () => {
    const { heard, advance } = await ask({ breaks: true, words: [] });
    await advance(20_000);
    expect(heard[0]?.body).toBe('success');
    expect(texts()).toEqual([]);
  });

  test.each([0, 1])(
    'when its user writes again to process %i, then it is broken off and nothing more of it is sent',
    async (process) => {
      const { heard, push, state, advance } = await ask({
        words: [
          [3_000, '一。'],
          [15_000, '二。'],
        ],
      });
      await advance(8_000);
      push(2, process);
      await advance(30_000);
      expect(heard.map(({ body }) => /一。|another answer/.exec(body)?.[0])).toEqual([
        '一。',
        'another answer',
      ]);
      expect(texts()).toEqual([]);
      expect(state.wasLetGo).toBe(true);
    },
  );

  test('when it is to be finished all the same, then a new message does not break it off', async () => {
    const { push, advance } = await ask({
      options: { onNewMessage: 'finish' },
      words: [
        [3_000, '一。'],
        [15_000, '二。'],
      ],
    });
    await advance(8_000);
    push(2);
    await advance(30_000);
    expect(texts()).toEqual(['二。']);
  });

  test('when the account may not send and its user writes to see it, then it is finished, and comes with the message after', async () => {
    const { push, heard, advance } = await ask(
      {
        words: [
          [3_000, '一。'],
          [17_000, '二。'],
        ],
      },
      'passive-only',
    );
    for (let sent = 0; sent < 3; sent += 1) {
      await advance(sent === 0 ? 0 : 5_000);
      if (sent > 0) push(1);
    }
    await advance(5_000);
    push(2);
    await advance(10_000);
    push(3);
    await advance(5_000);
    expect(heard.map(({ body }) => /(?:<!\[CDATA\[)([^\]]*)\]\]><\/Content>/.exec(body)?.[1])).toEqual([
      'soon',
      'another answer',
      '一。二。\n\nanother answer',
    ]);
  });

  test('when the account may not send, then tries are held and the whole answer comes with one of them', async () => {
    const { push, heard, advance } = await ask(
      {
        words: [
          [3_000, '一。'],
          [7_000, '二。'],
        ],
      },
      'passive-only',
    );
    await advance(5_000);
    push(1);
    await advance(5_000);
    expect(heard.map(({ body }) => /<Content>.*<\/Content>/.exec(body)?.[0])).toEqual([
      '<Content><![CDATA[一。二。]]></Content>',
    ]);
  });
});
