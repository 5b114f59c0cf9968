import { afterEach, describe, expect, test } from '@jest/globals';
import { chat } from '../../handlers/_language-model/chat.js';
import { defineHandler } from '../../src/index.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Account } from '../../src/sandbox/types.js';
import { asEventStream, DONE, event, startFakeModel, type FakeModel } from '../support/fake-model.js';
import { startConversation, type Conversation } from './support/conversation.js';

/** Pieces of an answer, and when each is written, in ms after the question. */
type Writing = readonly (readonly [ms: number, text: string])[];

let model: FakeModel;
let talk: Conversation;
afterEach(async () => {
  await talk.stop();
  await model.stop();
});

const until = (clock: Clock, atMs: number): Promise<void> =>
  new Promise((resolve) => void clock.schedule(atMs - clock.now(), resolve));

/** The server with the handler of the README, and a model that writes so, an answer for each question. */
async function start(
  kind: Account['kind'],
  answers: readonly Writing[],
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  model = await startFakeModel(async (response, asked) => {
    const { clock } = talk;
    const startMs = clock.now();
    asEventStream(response).flushHeaders();
    for (const [ms, text] of answers[asked] ?? []) {
      await until(clock, startMs + ms);
      response.write(event(text));
    }
    response.end(DONE);
  });
  const endpoint = { baseUrl: model.baseUrl, apiKey: 'sk', model: 'small', system: '' };
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
    expect(texts(await talk.say('为什么？', 10_000))).toEqual([
      ['passive', '天空是蓝色的。因为散射。'],
      ['customer-service', '这叫做瑞利散射。完了。'],
    ]);
    await talk.say('真的？', 1_000);
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
    await talk.say('数到三', 6_000);
    expect(texts(await talk.say('算了', 40_000))).toEqual([
      ['passive', '一。'],
      ['passive', '好的。'],
    ]);
    expect(model.brokenOff).toBe(1);
  });
});

describe.each([
  ['subscription-unverified', { LATE_REPLY: 'passive-only' }],
  ['subscription-unverified', {}],
] as const)('given a personal account (%s, %p) and a language model', (kind, settings) => {
  /** WeChat's first refusal teaches an account that is asked nothing about itself. */
  const learns = !('LATE_REPLY' in settings);
  const firstAnswers: readonly Writing[] = learns ? [[[8_000, '我没有权限。']]] : [];

  test('when the answer takes a while, then tries are held, and it comes whole in the same exchange', async () => {
    await start(
      kind,
      [
        ...firstAnswers,
        [
          [3_000, '第一句。'],
          [8_000, '第二句。'],
        ],
      ],
      settings,
    );
    if (learns) await talk.say('你好', 10_000);
    expect(texts(await talk.say('为什么？', 1_000)).at(-1)).toEqual([
      'passive',
      `${learns ? '我没有权限。\n\n' : ''}第一句。第二句。`,
    ]);
  });

  test('when it takes too long or is too long, then the rest comes with the next message', async () => {
    const long = '这是很长的一句话，说了很多。'.repeat(70);
    await start(
      kind,
      [
        ...firstAnswers,
        [
          [3_000, long],
          [20_000, '结尾。'],
        ],
        [[500, '在。']],
        [[500, '还在。']],
      ],
      settings,
    );
    if (learns) await talk.say('你好', 10_000);
    const before = await talk.say('为什么？', 10_000);
    expect(texts(before).at(-1)).toEqual(['passive', expect.stringContaining('答案还在准备中')]);
    await talk.say('在吗？', 1_000);
    const said = texts(await talk.say('还在吗？', 1_000))
      .slice(before.length)
      .map(([, content]) => content)
      .join('');
    expect(said.replaceAll('\n', '')).toContain(`${long}结尾。`);
  });
});
