import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chat } from '../../../src/language-model/chat.js';
import {
  buildPush,
  defineHandler,
  memorySession,
  textPush,
  tryHandler,
  type Push,
} from '../../../src/index.js';
import {
  answerStream,
  answerWhole,
  chunk,
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

/** One push to a model that answers so: what the user reads, what is remembered, what the model was asked. */
async function ask(
  answer: Answering,
  {
    push = textPush({ content: '为什么？' }),
    session = memorySession(),
    ...model
  }: { push?: Push; session?: ReturnType<typeof memorySession>; sees?: boolean; thinksFirst?: boolean } = {},
) {
  fake = await startFakeModel(answer);
  const log = captureLog();
  const endpoint = {
    baseUrl: fake.baseUrl,
    apiKey: 'sk-secret',
    model: 'small',
    system: 'Be brief.',
    ...model,
  };
  const handler = defineHandler({
    on: ['message.text', 'message.voice', 'message.image'],
    handle: (ctx) => ctx.reply.stream(chat(ctx, ctx.push, endpoint)),
  });
  const tried = await tryHandler(handler, push, { session, log });
  const content = tried.type === 'replied' && tried.reply.type === 'text' ? tried.reply.content : undefined;
  const memory = await session.named('language-model').get<{ role: string; content: string }[]>();
  return { content, log, memory, asked: fake.asked[0]?.body.messages };
}

const stream = answerStream;
const whole = (type: string, body: string): Answering => answerWhole(body, type);
const message = (fields: object): string => JSON.stringify({ choices: [{ index: 0, message: fields }] });
const letters = (text: string): string => Array.from(text, event).join('');

describe('given a model that thinks aloud', () => {
  test.each<readonly [string, Answering]>([
    ['in a tag', stream(event('<think>\nA\n</think>\n\nB'))],
    ['in a tag that is cut over chunks', stream(letters('<think>\nA\n</think>\n\nB'))],
    ['in a tag of another name', stream(letters('<Thinking>A</Thinking>B'))],
    ['in a tag of ByteDance', stream(letters('<seed:think>A</seed:think>B'))],
    ['in a tag of Moonshot', stream(letters('◁think▷A◁/think▷B'))],
    ['without the opening tag', stream(event('A'), event('</think>\n\nB'))],
    ['without the opening tag, cut over chunks', stream(letters('A. A < 2.\n</think>\n\nB'))],
    ['in a field', stream(chunk({ reasoning_content: 'A' }), chunk({ content: 'B' }))],
    ['in a field of another name', stream(chunk({ reasoning: 'A', content: '' }), chunk({ content: 'B' }))],
    ['in a field beside null', stream(chunk({ reasoning_content: 'A', content: null }), event('B'))],
    [
      'in a part of the content',
      stream(chunk({ content: [{ type: 'thinking', thinking: 'A' }] }), event('B')),
    ],
    ['in nothing, its tag being empty', stream(event('<think>\n\n</think>\n\nB'))],
    ['and answers whole', whole('application/json', message({ content: '<think>A</think>B' }))],
    ['in a field, and answers whole', whole('application/json', message({ content: 'B', reasoning: 'A' }))],
  ])('when it thinks %s, then the user and the memory get the answer only', async (_, answer) => {
    const { content, memory } = await ask(answer);
    expect(content).toBe('B');
    expect(memory).toEqual([
      { role: 'user', content: '为什么？' },
      { role: 'assistant', content: 'B' },
    ]);
  });

  test('when it thinks in between, then the answer closes over the gap', async () => {
    const { content } = await ask(stream(letters('<think>A</think>B\n<think>C</think>\nD')));
    expect(content).toBe('B\n\nD');
  });

  test.each<readonly [string, Answering, boolean]>([
    ['a tag that never closes', stream(event('<think>A. A.')), false],
    ['a field', stream(chunk({ reasoning_content: 'A' })), false],
    ['a first thought that is cut', stream(event('A. A.'), chunk({}, 'length')), true],
  ])(
    'when it says nothing but %s, then the user hears a sentence and the log the reason',
    async (_, answer, thinksFirst) => {
      const { content, memory, log } = await ask(answer, { thinksFirst });
      expect(content).toMatch(SORRY);
      expect(memory).toBeUndefined();
      expect(log.lines).toMatchObject([
        { level: 'error', fields: { why: expect.stringMatching(/thinking/) } },
      ]);
    },
  );

  test('when the answer speaks of such tags as code, then nothing is taken off', async () => {
    const answer = '用 `<think>` 和 `</think>` 包住：\n```\n<think>\n</think>\n```\n完。';
    const { content } = await ask(stream(letters(answer)));
    expect(content).toBe(answer);
  });

  test('when its opening tag is missing, then the log says which setting helps, and the next answer waits for the closing one', async () => {
    const session = memorySession();
    const { log } = await ask(stream(letters('A。</think>B')), { session });
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { model: 'small' }, message: expect.stringContaining('LLM_THINKS_FIRST=1') },
    ]);
    const endpoint = { baseUrl: fake.baseUrl, apiKey: undefined, model: 'small', system: '' };
    const parts: unknown[] = [];
    const { signal } = new AbortController();
    for await (const part of chat({ session, signal, log: captureLog() }, '?', endpoint)) parts.push(part);
    expect(parts.join('')).toBe('B');
  });

  test('when its texts are cut anywhere, then the same is said', async () => {
    fake = await startFakeModel(stream());
    const { createThinkingFilter } = await import('../../../src/language-model/thinking.js');
    const { RETRACT } = await import('../../../src/index.js');
    const token = fc.constantFrom(
      '<think>',
      '</think>',
      '<',
      '</',
      'think',
      '>',
      '好。',
      '\n',
      '`',
      'a<b ',
      '◁think▷',
      '◁/think▷',
    );
    const says = (pieces: readonly string[], thinksFirst: boolean): string => {
      const filter = createThinkingFilter({ thinksFirst });
      let said = '';
      for (const part of [...pieces.flatMap((piece) => filter.add(piece)), ...filter.end(undefined)])
        said = part === RETRACT ? '' : said + String(part);
      return said;
    };
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), fc.boolean(), (tokens, thinksFirst) => {
        const text = tokens.join('');
        expect(says(Array.from(text), thinksFirst)).toBe(says([text], thinksFirst));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('given an endpoint with a dialect of its own', () => {
  test.each<readonly [string, Answering]>([
    ['sends events as JSON', whole('application/json', event('A') + DONE)],
    ['sends events as plain text', whole('text/plain', `\n: hello\n\n${event('A')}${DONE}`)],
    ['answers whole', whole('application/json; charset=utf-8', `\n ${message({ content: 'A' })}`)],
    ['answers whole and calls it a stream', whole('text/event-stream', message({ content: 'A' }))],
    ['answers whole in an event', stream(`data: ${message({ content: 'A' })}\n\n`)],
    ['repeats the whole in the last event', stream(event('A'), `data: ${message({ content: 'A' })}\n\n`)],
    ['says that there is no error', stream(event('A').replace('{', '{"error":null,'))],
    ['sends content as parts', stream(chunk({ content: [{ type: 'text', text: 'A' }] }))],
    [
      'answers whole, in parts',
      whole('application/json', message({ content: [{ type: 'text', text: 'A' }] })),
    ],
    [
      'begins and ends without choices',
      stream('data: {"choices":[]}\n\n', event('A'), 'data: {"usage":{}}\n\n'),
    ],
    ['writes data without a blank', stream(event('A').replace('data: ', 'data:'))],
  ])('when it %s, then its answer is heard', async (_, answer) => {
    const { content, log } = await ask(answer);
    expect(content).toBe('A');
    expect(log.lines).toEqual([]);
  });

  test.each<readonly [string, Answering, string]>([
    ['sends no choices', stream('data: {"choices":[]}\n\n'), 'empty'],
    ['answers whole without choices', whole('application/json', '{"choices":[]}'), 'empty'],
    ['answers nothing', stream(), 'empty'],
    ['answers with blanks', stream(event(' \n'), event('\n')), 'empty'],
    ['answers nothing at all', whole('application/json', ''), 'empty'],
    ['answers with a page', whole('text/html', '<html>\n<p>sk-secret\n'), 'empty'],
    ['withholds its answer', stream(chunk({}, 'content_filter')), 'content_filter'],
    ['calls tools that nobody gave it', stream(chunk({ tool_calls: [] }, 'tool_calls')), 'tool_calls'],
    [
      'reports an error',
      stream('data: {"error":{"code":"rate_limit","message":"sk-secret"}}\n\n'),
      'rate_limit',
    ],
    ['reports an error whole', whole('application/json', '{"error":"sk-secret"}'), 'error'],
    ['breaks its JSON off', whole('application/json', '{"choices":['), 'no JSON'],
    ['never ends its JSON', whole('application/json', `{"choices":"${'x'.repeat(1_100_000)}`), 'broke off'],
  ])('when it %s, then the user hears a sentence and the log the reason', async (_, answer, why) => {
    const { content, log, memory } = await ask(answer);
    expect(content).toMatch(SORRY);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { why: expect.stringContaining(why) } }]);
    expect(JSON.stringify(log.lines)).not.toMatch(/sk-secret|为什么/);
    expect(memory).toBeUndefined();
  });
});

describe('given a message that is no text', () => {
  const picture = 'http://mmbiz.qpic.cn/mmbiz_jpg/a/0';
  const image = buildPush({ MsgType: 'image', PicUrl: picture, MediaId: 'm' });
  const voice = (recognition: string): Push =>
    buildPush({ MsgType: 'voice', MediaId: 'm', Format: 'amr', Recognition: recognition });

  test.each([
    '【收到不支持的消息类型，暂无法显示】',
    '【收到不支援的訊息類型，無法顯示】',
    '[Unsupported Message]',
    '[Unsupported message]',
  ])('when WeChat says %s in its place, then the model is not asked', async (content) => {
    const heard = await ask(stream(event('A')), { push: textPush({ content }) });
    expect(heard.content).toContain('看不懂');
    expect(heard.asked).toBeUndefined();
    expect(heard.memory).toBeUndefined();
  });

  test('when it is voice, then the model hears what WeChat recognised', async () => {
    const { content, asked } = await ask(stream(event('A')), { push: voice('今天星期几 ') });
    expect(content).toBe('A');
    expect(asked?.at(-1)).toEqual({ role: 'user', content: '今天星期几' });
  });

  test('when it is voice that WeChat did not recognise, then the user is asked to type', async () => {
    const { content, asked } = await ask(stream(event('A')), { push: voice('') });
    expect(content).toContain('文字');
    expect(asked).toBeUndefined();
  });

  test('when it is a picture and the model sees, then the model gets its address, with the next question too', async () => {
    const session = memorySession();
    const { content, asked } = await ask(stream(event('一只猫。')), { push: image, session, sees: true });
    expect(content).toBe('一只猫。');
    const seen = {
      role: 'user',
      content: [
        { type: 'text', text: expect.any(String) },
        { type: 'image_url', image_url: { url: picture } },
      ],
    };
    expect(asked?.at(-1)).toEqual(seen);
    await fake.stop();
    const next = await ask(stream(event('黑的。')), { session, sees: true });
    expect(next.asked?.slice(1)).toEqual([
      seen,
      { role: 'assistant', content: '一只猫。' },
      { role: 'user', content: '为什么？' },
    ]);
    await fake.stop();
    const blind = await ask(stream(event('不知道。')), { session });
    expect(JSON.stringify(blind.asked)).not.toContain('image_url');
  });

  test('when it is a picture and the model does not see, then the user is asked to type', async () => {
    const { content, asked } = await ask(stream(event('A')), { push: image });
    expect(content).toContain('图片');
    expect(asked).toBeUndefined();
  });
});
