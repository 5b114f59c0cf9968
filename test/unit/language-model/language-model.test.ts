import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chat } from '../../../src/language-model/chat.js';
import { eventsOf } from '../../../src/language-model/server-sent-events.js';
import {
  defineHandler,
  memorySession,
  tapPush,
  textPush,
  tryHandler,
  type SessionStore,
} from '../../../src/index.js';
import { eventually } from '../../support/time/eventually.js';
import {
  asEventStream,
  DONE,
  event,
  startFakeModel,
  type Answering,
  type FakeModel,
} from '../../support/app/fake-model.js';
import { captureLog } from '../../support/app/handler-runtime.js';

const SORRY = /^抱歉/;

let fake: FakeModel;
afterEach(() => fake?.stop());

/** One question to a model that answers so, and what the user reads. */
async function ask(
  answer: Answering,
  {
    question = '天空为什么是蓝色的？',
    session = memorySession(),
    signal = new AbortController().signal,
  } = {},
) {
  fake = await startFakeModel(answer);
  const log = captureLog();
  const content = await talk(question, session, { log, signal });
  return { content, log, asked: fake.asked[0] };
}

async function talk(
  question: string,
  session: SessionStore,
  options: { log?: ReturnType<typeof captureLog>; signal?: AbortSignal } = {},
): Promise<string | undefined> {
  const model = { baseUrl: fake.baseUrl, apiKey: 'sk-secret', model: 'small', system: 'Be brief.' };
  const handler = defineHandler({
    on: 'message.text',
    handle: (ctx) => ctx.reply.stream(chat(ctx, ctx.push.content, model), { markdown: true }),
  });
  const tried = await tryHandler(handler, textPush({ content: question }), { session, ...options });
  return tried.type === 'replied' && tried.reply.type === 'text' ? tried.reply.content : undefined;
}

const says =
  (...pieces: readonly string[]): Answering =>
  (response) =>
    void asEventStream(response).end(pieces.map(event).join('') + DONE);

describe('given a model that is asked for follow-up questions', () => {
  const answerWith =
    (followUps: boolean | undefined, ...pieces: readonly string[]) =>
    async () => {
      fake = await startFakeModel(says(...pieces));
      const model = { baseUrl: fake.baseUrl, apiKey: undefined, model: 'small', system: 'Be brief.' };
      const answering = { ...model, ...(followUps !== undefined && { followUps }) };
      const handler = defineHandler({
        on: 'message.text',
        handle: (ctx) => ctx.reply.stream(chat(ctx, ctx.push, answering), { markdown: true }),
        chosen: (ctx) => ctx.reply.stream(chat(ctx, ctx.push, answering), { markdown: true }),
      });
      const session = memorySession();
      const tried = await tryHandler(handler, textPush({ content: '天空？' }), { session });
      const content =
        tried.type === 'replied' && tried.reply.type === 'text' ? tried.reply.content : undefined;
      return { handler, session, tried, content, asked: () => fake.asked.map(({ body }) => body.messages) };
    };

  test('when it writes some, however they are cut and numbered, then they are choices, and a tap asks the question', async () => {
    const pieces = [
      '**散',
      '射**。\n\n【',
      '追问',
      '】\n1. 那晚霞',
      '呢？\n- 海呢？\n海呢？\n',
      '<b>？\n',
      '长'.repeat(50),
      '\n雪呢？\n云呢？',
    ];
    const { handler, session, tried, content, asked } = await answerWith(true, ...pieces)();
    expect(content?.replaceAll(/<a [^>]*>([^<]*)<\/a>/g, '[$1]')).toBe(
      '散射。\n\n你还可以问：\n\n[那晚霞呢？]\n\n[海呢？]\n\n[雪呢？]',
    );
    await tryHandler(handler, tapPush(tried, '海呢？'), { session });
    expect(asked()).toMatchObject([
      [{ content: expect.stringMatching(/^Be brief\.\n\n.*【追问】/) }, { content: '天空？' }],
      [
        { role: 'system' },
        { content: '天空？' },
        { role: 'assistant', content: '**散射**。\n\n' },
        { role: 'user', content: '海呢？' },
      ],
    ]);
  });

  test.each([
    ['none', ['因为散射。'], '因为散射。'],
    ['a mark that is none', ['见【追', '加】。'], '见【追加】。'],
    ['half a mark at the end', ['见【追'], '见【追'],
    ['a mark alone', ['因为散射。\n【追问】\n'], '因为散射。'],
  ])('when it writes %s, then the answer is what it wrote', async (_, pieces, said) => {
    expect((await answerWith(true, ...pieces)()).content?.trim()).toBe(said);
  });

  test.each([undefined, false])(
    'when the option is %s, then it is not asked, and nothing is taken out',
    async (option) => {
      const { content, asked } = await answerWith(option, '因为。\n【追问】\n海呢？')();
      expect(content).toBe('因为。\n【追问】\n海呢？');
      expect(asked()).toMatchObject([[{ content: 'Be brief.' }, {}]]);
    },
  );
});

describe('given an endpoint that answers', () => {
  test('when it is asked, then it hears system prompt, question, model and key', async () => {
    const { content, asked } = await ask(says('因为', '**散射**。'));
    expect(content).toBe('因为散射。');
    expect(asked).toEqual({
      path: '/v1/chat/completions',
      authorization: 'Bearer sk-secret',
      body: {
        model: 'small',
        stream: true,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: '天空为什么是蓝色的？' },
        ],
      },
    });
  });

  test('when its bytes are cut in the middle of characters and lines, with keep-alives in between, then nothing is lost', async () => {
    const stream =
      `: keep-alive\r\n\r\n${event(null)}${event('你好')}`.replaceAll('\n', '\r\n') + event('👋🏽。');
    const { content } = await ask(async (response) => {
      asEventStream(response);
      for (const byte of Buffer.from(stream + DONE)) {
        if (!response.write(Uint8Array.of(byte))) await once(response, 'drain');
        await new Promise((resolve) => void setImmediate(resolve));
      }
      response.end();
    });
    expect(content).toBe('你好👋🏽。');
  });

  test('when it ends without saying that it is done, then what came is the answer', async () => {
    const { content } = await ask((response) => void asEventStream(response).end(event('完。').trimEnd()));
    expect(content).toBe('完。');
  });

  test('when it does not stream, then its whole answer is read', async () => {
    const body = JSON.stringify({ choices: [{ message: { role: 'assistant', content: '整个回答。' } }] });
    const { content } = await ask(
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    expect(content).toBe('整个回答。');
  });
});

describe('given an endpoint that fails', () => {
  const failures: readonly (readonly [string, Answering, string])[] = [
    ['refuses', (response) => void response.writeHead(401).end('{"error":{"message":"sk-secret"}}'), '401'],
    ['is busy', (response) => void response.writeHead(503).end(), '503'],
    [
      'reports an error',
      (response) => void asEventStream(response).end('data: {"error":{"code":1}}\n\n'),
      'error',
    ],
    ['sends no JSON', (response) => void asEventStream(response).end('data: <html>\n\n'), 'no JSON'],
    ['hangs up', (response) => void response.destroy(), 'broke off'],
    [
      'sends a line without end',
      (response) => void asEventStream(response).end('x'.repeat(1_100_000)),
      'broke off',
    ],
  ];

  test.each(failures)(
    'when it %s, then the user hears a sentence and the log the reason',
    async (_, answer, why) => {
      const session = memorySession();
      const { content, log } = await ask(answer, { session });
      expect(content).toMatch(SORRY);
      expect(log.lines).toMatchObject([{ level: 'error', fields: { why: expect.stringContaining(why) } }]);
      expect(JSON.stringify(log.lines)).not.toMatch(/sk-secret|天空/);
      expect(await session.named('language-model').get()).toBeUndefined();
    },
  );

  test('when it breaks off half-way, then what had come is the answer', async () => {
    const { content, log } = await ask((response) => {
      asEventStream(response).write(event('一半。'), () => response.destroy());
    });
    expect(content).toBe('一半。');
    expect(log.lines).toHaveLength(1);
  });

  test('when it is not configured, then the log says what is missing', async () => {
    const log = captureLog();
    const handler = defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.reply.stream(chat(ctx, ctx.push.content)),
    });
    const tried = await tryHandler(handler, textPush({ content: '你好' }), { log });
    expect(tried).toMatchObject({ reply: { content: expect.stringMatching(SORRY) } });
    expect(log.lines).toMatchObject([{ fields: { why: expect.stringContaining('LLM_BASE_URL') } }]);
  });
});

describe('given a conversation', () => {
  test('when the user goes on, then the model is told what was said', async () => {
    const session = memorySession();
    await ask(says('第一。'), { question: '一？', session });
    await talk('二？', session);
    expect(fake.asked[1]?.body.messages.slice(1)).toEqual([
      { role: 'user', content: '一？' },
      { role: 'assistant', content: '第一。' },
      { role: 'user', content: '二？' },
    ]);
  });

  test('when it grows long, then the oldest is forgotten, in pairs', async () => {
    const session = memorySession();
    const memory = () => session.named('language-model').get<{ role: string; content: string }[]>();
    await ask(says('好。'), { question: 'q0', session });
    for (let turn = 1; turn < 15; turn += 1) await talk(`q${turn}`, session);
    expect(await memory()).toHaveLength(20);
    expect((await memory())?.[0]).toEqual({ role: 'user', content: 'q5' });
    for (const letter of 'abc') await talk(letter.repeat(5_000), session);
    const kept = (await memory()) ?? [];
    expect(kept.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(JSON.stringify(kept).length).toBeLessThan(9_000);
  });

  test('when the user says so, then it begins anew', async () => {
    const session = memorySession();
    await ask(says('好。'), { question: '记住我', session });
    expect(await talk('清空', session)).toBe('好的，我们重新开始。');
    expect(await session.named('language-model').get()).toBeUndefined();
    expect(fake.asked).toHaveLength(1);
  });
});

describe('given an answer that nobody waits for any more', () => {
  test('when the signal fires, then the request ends and the handler fails with the reason', async () => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const asking = ask(
      (response) => void asEventStream(response).write(event('一。'), () => stopping.abort()),
      {
        signal,
      },
    );
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    await eventually(() => expect(fake.brokenOff).toBe(1));
  });

  test('when its reader stops reading, then the request ends, and what was read is remembered', async () => {
    fake = await startFakeModel((response) => void asEventStream(response).write(event('一。')));
    const session = memorySession();
    const { signal } = new AbortController();
    const model = { baseUrl: fake.baseUrl, apiKey: undefined, model: 'small', system: '' };
    for await (const part of chat({ session, signal, log: captureLog() }, '?', model)) {
      expect(part).toBe('一。');
      break;
    }
    await eventually(() => expect(fake.brokenOff).toBe(1));
    expect(await session.named('language-model').get()).toMatchObject([
      { content: '?' },
      { content: '一。' },
    ]);
  });
});

describe('given a stream of events', () => {
  test('when its bytes are cut anywhere, then its events are the same', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''));
    const end = fc.constantFrom('\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 3 }), comment: line })),
        end,
        fc.infiniteStream(fc.nat({ max: 7 })),
        async (events, newline, sizes) => {
          const text = events
            .map(({ lines, comment }) =>
              [`:${comment}`, ...lines.map((each) => `data: ${each}`), 'event: x', '', ''].join(newline),
            )
            .join('');
          async function* cut() {
            let rest = Buffer.from(text);
            for (const size of sizes) {
              if (rest.length === 0) return;
              yield rest.subarray(0, size + 1);
              rest = rest.subarray(size + 1);
            }
          }
          const seen: string[] = [];
          for await (const data of eventsOf(cut())) seen.push(data);
          expect(seen).toEqual(events.map(({ lines }) => lines.join('\n')));
        },
      ),
    );
  });
});
