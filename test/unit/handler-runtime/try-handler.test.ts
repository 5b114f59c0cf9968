import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  defineHandler,
  defineObserver,
  eventPush,
  memorySession,
  says,
  textPush,
  tryHandler,
  tryLater,
  tryObserver,
} from '../../../src/index.js';

const push = textPush({ content: '帮助' });

describe('given a handler under test', () => {
  test('when the push is of another kind or not what `when` looks for, then it is not its own', async () => {
    const help = defineHandler({
      on: 'message.text',
      when: says('帮助'),
      handle: (ctx) => ctx.reply.text('…'),
    });
    expect(await tryHandler(help, eventPush('CLICK'))).toEqual({ type: 'not-mine', sent: [], uploads: [] });
    expect(await tryHandler(help, textPush({ content: '你好' }))).toEqual({
      type: 'not-mine',
      sent: [],
      uploads: [],
    });
    expect(await tryHandler(help, push)).toMatchObject({ type: 'replied', reply: { type: 'text' } });
  });

  test('when it is bound to an account, then a push of another one is not its own', async () => {
    const bound = defineHandler({
      on: '*',
      accounts: ['shop'],
      handle: (ctx) => ctx.reply.text(ctx.account),
    });
    expect(await tryHandler(bound, push)).toMatchObject({ type: 'not-mine' });
    expect(await tryHandler(bound, push, { account: 'shop' })).toMatchObject({ reply: { content: 'shop' } });
  });

  test('when it sends, then the messages are told', async () => {
    const chatty = defineHandler({ on: '*', handle: (ctx) => ctx.send(ctx.reply.text('a')) });
    expect(await tryHandler(chatty, push)).toEqual({
      type: 'silent',
      sent: [{ msgtype: 'text', text: { content: 'a' } }],
      uploads: [],
    });
  });

  test('when it remembers, then the session that the test gives holds it, and without one it begins anew', async () => {
    const counting = defineHandler({
      on: '*',
      async handle(ctx) {
        const seen = await ctx.session.update<number>((before = 0) => before + 1);
        return ctx.reply.text(`${seen}`);
      },
    });
    const session = memorySession();
    for (const content of ['1', '2'])
      expect(await tryHandler(counting, push, { session })).toMatchObject({ reply: { content } });
    expect(await session.get()).toBe(2);
    expect(await tryHandler(counting, push)).toMatchObject({ reply: { content: '1' } });
  });

  test('when it replies Markdown, then the reply is a text', async () => {
    const model = defineHandler({ on: '*', handle: (ctx) => ctx.reply.markdown('# 你好\n- **a**') });
    expect(await tryHandler(model, push)).toMatchObject({
      reply: { type: 'text', content: '【你好】\n• a' },
    });
  });

  test('when it answers and sends files, then the test hears which, and an id stands in for each', async () => {
    const posters = defineHandler({
      on: '*',
      async handle(ctx) {
        await ctx.send(ctx.reply.image({ path: 'try-handler.test.ts' }));
        return ctx.reply.video({ url: 'https://example.com/v' }, { title: 't', thumbMediaId: 'cover' });
      },
    });
    expect(await tryHandler(posters, push)).toEqual({
      type: 'replied',
      reply: { type: 'video', mediaId: 'uploaded-2', title: 't', thumbMediaId: 'cover' },
      sent: [{ msgtype: 'image', image: { media_id: 'uploaded-1' } }],
      uploads: [
        {
          kind: 'image',
          source: { path: resolve('test/unit/handler-runtime/try-handler.test.ts') },
          mediaId: 'uploaded-1',
        },
        { kind: 'video', source: { url: 'https://example.com/v' }, mediaId: 'uploaded-2' },
      ],
    });
  });

  test('when a file is not there, then that is said with the place where it was looked for', async () => {
    const poster = defineHandler({
      on: '*',
      handle: (ctx) => ctx.reply.image({ path: 'pictures/none.png' }),
    });
    await expect(tryHandler(poster, push)).rejects.toMatchObject({
      code: 'media_unavailable',
      message: expect.stringContaining(resolve('test/unit/handler-runtime/pictures/none.png')),
    });
  });

  test('when it streams, then the stream is read to its end and is one text', async () => {
    async function* model(answer: string) {
      for (const word of answer) yield word;
    }
    const chat = defineHandler({
      on: 'message.text',
      handle: (ctx) =>
        ctx.push.content === '慢'
          ? ctx.defer(1)
          : ctx.reply.stream(model(ctx.push.content), { markdown: true }),
      later: (ctx) => ctx.reply.stream(model('# 晚了')),
    });
    expect(await tryHandler(chat, textPush({ content: '**是**的' }))).toMatchObject({
      type: 'replied',
      reply: { type: 'text', content: '是的' },
    });
    expect(await tryHandler(chat, textPush({ content: ' ' }))).toMatchObject({ type: 'silent' });
    expect(await tryLater(chat, push, 1)).toMatchObject({ reply: { content: '# 晚了' } });
  });

  test('when its stream breaks off, then the test fails with what broke it', async () => {
    async function* broken() {
      yield 'a';
      throw new Error('oops');
    }
    const chat = defineHandler({ on: '*', handle: (ctx) => ctx.reply.stream(broken()) });
    await expect(tryHandler(chat, push)).rejects.toThrow('oops');
  });

  test('when it replies what WeChat would refuse, then the test hears of it', async () => {
    const empty = defineHandler({ on: '*', handle: (ctx) => ctx.reply.text('') });
    await expect(tryHandler(empty, push)).rejects.toMatchObject({ code: 'reply_invalid' });
  });

  test('when its `when` throws, then the test fails with that', async () => {
    const broken = defineHandler({
      on: '*',
      when: (): string => {
        throw new Error('oops');
      },
      handle: () => undefined,
    });
    await expect(tryHandler(broken, push)).rejects.toThrow('oops');
  });

  test('when options say what is left and which attempt it is, then it sees them', async () => {
    const looks = defineHandler({
      on: '*',
      handle: (ctx) => ctx.reply.text(`${ctx.attempt} ${ctx.deadline.remainingMs()} ${ctx.signal.aborted}`),
    });
    const options = { attempt: 2, remainingMs: 10, signal: AbortSignal.abort() };
    expect(await tryHandler(looks, push, options)).toMatchObject({ reply: { content: '2 10 true' } });
  });

  test('when it calls an API that the test did not bring, then the error says what to do', async () => {
    const calls = defineHandler({
      on: '*',
      handle: async (ctx) => void (await ctx.api.call('/cgi-bin/menu/get')),
    });
    await expect(tryHandler(calls, push)).rejects.toThrow('/cgi-bin/menu/get');
  });

  test('when it finishes later, then `later` gets the task', async () => {
    const defers = defineHandler({
      on: '*',
      handle: (ctx) => ctx.defer({ n: 2 }),
      later: (ctx, { n }) => ctx.reply.text(String(n * 2)),
    });
    expect(await tryLater(defers, push, { n: 2 })).toMatchObject({ reply: { content: '4' } });
  });
});

describe('given an observer under test', () => {
  test('when it listens to the kind, then it is shown the push, else not', async () => {
    const seen: string[] = [];
    const observer = defineObserver({ on: 'message', observe: (ctx) => void seen.push(ctx.push.kind) });
    await tryObserver(observer, push);
    await tryObserver(observer, eventPush('CLICK'));
    expect(seen).toEqual(['message.text']);
  });

  test('when it is bound to an account, then it gets pushes of that one alone, and knows its name', async () => {
    const seen: string[] = [];
    const observer = defineObserver({
      on: '*',
      accounts: ['shop'],
      observe: (ctx) => void seen.push(ctx.account),
    });
    for (const account of ['shop', 'news']) await tryObserver(observer, push, { account });
    expect(seen).toEqual(['shop']);
  });
});
