import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { chat } from '../../src/language-model/chat.js';
import type { Model } from '../../src/language-model/model.js';
import { defineHandler } from '../../src/index.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Account } from '../../src/sandbox/types/types.js';
import { asEventStream, DONE, event, startFakeModel, type FakeModel } from '../support/app/fake-model.js';
import { startConversation, type Conversation } from './support/conversation.js';

/** Pieces of an answer, and when each is written, in ms after the question. */
type Writing = readonly (readonly [ms: number, text: string])[];

let model: FakeModel;
let talk: Conversation;
let onAsked: () => void;
afterEach(async () => {
  await talk.stop();
  await model.stop();
});

const until = (clock: Clock, atMs: number): Promise<void> =>
  new Promise((resolve) => void clock.schedule(atMs - clock.now(), resolve));

/** Says a text; no time passes until the model has heard of it. */
function say(text: string, waitMs: number): ReturnType<Conversation['say']> {
  talk.standStill(new Promise<void>((resolve) => void (onAsked = resolve)));
  return talk.say(text, waitMs);
}

/** No time passes until it is written, or nobody reads any more. */
function write(response: ServerResponse, text: string): void {
  if (response.destroyed) return;
  const gone = once(response, 'close');
  const written = new Promise((resolve) => void response.write(text, resolve));
  talk.standStill(Promise.race([gone, written]));
}

/** The server with the handler of the README, and a model that writes so, an answer for each question. */
async function start(
  kind: Account['kind'],
  answers: readonly Writing[],
  settings: Readonly<Record<string, string>> = {},
  about: Partial<Model> = {},
): Promise<void> {
  model = await startFakeModel(async (response, asked) => {
    const { clock } = talk;
    onAsked();
    const startMs = clock.now();
    asEventStream(response).flushHeaders();
    for (const [ms, text] of answers[asked] ?? []) {
      await until(clock, startMs + ms);
      write(response, event(text));
    }
    write(response, DONE);
    response.end();
  });
  const endpoint = { baseUrl: model.baseUrl, apiKey: 'sk', model: 'small', system: '', ...about };
  const handler = defineHandler({
    on: 'message.text',
    handle: (ctx) => ctx.reply.stream(chat(ctx, ctx.push.content, endpoint), { markdown: true }),
  });
  talk = await startConversation({ account: { kind }, settings, handlers: { chat: handler } });
}

const texts = (said: Awaited<ReturnType<Conversation['say']>>) =>
  said.map((one) => [one.via, 'content' in one ? one.content : one.type]);

describe('given a verified account and a language model', () => {
  test('when the answer takes longer than the five seconds, then it begins in time and the rest is sent', async () => {
    await start('service-verified', [
      [
        [1_000, '天空是**蓝色**的。'],
        [3_000, '因为散射。这'],
        [7_000, '叫做瑞利散射。'],
        [9_000, '完了。'],
      ],
      [[500, '是的。']],
    ]);
    expect(texts(await say('为什么？', 10_000))).toEqual([
      ['passive', '天空是蓝色的。因为散射。'],
      ['customer-service', '这叫做瑞利散射。完了。'],
    ]);
    await say('真的？', 1_000);
    expect(model.asked[1]?.body.messages.slice(1)).toEqual([
      { role: 'user', content: '为什么？' },
      { role: 'assistant', content: '天空是**蓝色**的。因为散射。这叫做瑞利散射。完了。' },
      { role: 'user', content: '真的？' },
    ]);
  });

  test('when its follower asks something else meanwhile, then the model is stopped and only the new answer comes', async () => {
    await start('service-verified', [
      [
        [1_000, '一。'],
        [20_000, '二。'],
        [40_000, '三。'],
      ],
      [[500, '好的。']],
    ]);
    await say('数到三', 6_000);
    expect(texts(await say('算了', 40_000))).toEqual([
      ['passive', '一。'],
      ['passive', '好的。'],
    ]);
    expect(model.brokenOff).toBe(1);
  });
});

describe('given a verified account and a language model that thinks aloud', () => {
  const thinking = '我想想。用户问的是天空。';
  const slow = (opening: string): Writing => [
    [1_000, `${opening}${thinking}`],
    [7_000, `还要想。\n</think>\n\n天空是蓝色的。`],
    [8_000, '因为散射。'],
  ];
  const answer = '天空是蓝色的。因为散射。';

  test.each<readonly [string, string, Partial<Model>]>([
    ['in a tag', '<think>\n', {}],
    ['without the opening tag, as its name tells', '', { model: 'deepseek-r1' }],
    ['without the opening tag, as it is set', '', { thinksFirst: true }],
  ])('when it thinks past the five seconds, %s, then only its answer is sent', async (_, opening, about) => {
    await start('service-verified', [slow(opening), []], {}, about);
    expect(texts(await say('为什么？', 12_000))).toEqual([['customer-service', answer]]);
    await say('真的？', 1_000);
    expect(JSON.stringify(model.asked[1]?.body.messages)).not.toContain('想');
  });

  test('when nobody knew that it thinks first, then what was not said yet is taken back', async () => {
    await start('service-verified', [
      [
        [1_000, thinking],
        [2_000, '</think>'],
        [3_000, '天空是蓝色的。'],
        [8_000, '因为散射。'],
      ],
    ]);
    expect(texts(await say('为什么？', 12_000))).toEqual([
      ['passive', '天空是蓝色的。'],
      ['customer-service', '因为散射。'],
    ]);
  });
});

describe.each([
  ['subscription-unverified', { LATE_REPLY: 'passive-only' }],
  ['subscription-unverified', {}],
] as const)('given a personal account (%s, %p) and a language model', (kind, settings) => {
  test('when the answer takes a while, then attempts are held, and it comes whole in the same exchange', async () => {
    await start(
      kind,
      [
        [
          [3_000, '第一句。'],
          [8_000, '第二句。'],
        ],
      ],
      settings,
    );
    expect(texts(await say('为什么？', 1_000)).at(-1)).toEqual(['passive', '第一句。第二句。']);
  });

  test('when it takes too long or is too long, then the rest comes with the next message', async () => {
    const long = '这是很长的一句话，说了很多。'.repeat(70);
    await start(
      kind,
      [
        [
          [3_000, long],
          [20_000, '结尾。'],
        ],
        [[500, '在。']],
        [[500, '还在。']],
      ],
      settings,
    );
    const before = await say('为什么？', 10_000);
    expect(texts(before).at(-1)).toEqual(['passive', expect.stringContaining('答案还在准备中')]);
    await say('在吗？', 1_000);
    const said = texts(await say('还在吗？', 1_000))
      .slice(before.length)
      .map(([, content]) => content)
      .join('');
    expect(said.replaceAll('\n', '')).toContain(`${long}结尾。`);
  });
});
