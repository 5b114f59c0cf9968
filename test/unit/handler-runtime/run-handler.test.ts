import { describe, expect, test } from '@jest/globals';
import { errorFields } from '../../../src/adapters/log/error-fields.js';
import {
  runHandle,
  runLater,
  type Outcome,
  type RunServices,
} from '../../../src/handler-runtime/run-handler.js';
import { TextStream } from '../../../src/handler-runtime/text-stream.js';
import {
  eventPush,
  MediaRefused,
  TaskNotJson,
  textPush,
  type Push,
  type Replies,
} from '../../../src/index.js';
import {
  anything,
  loaded,
  testServices,
  untyped,
  type LooseHandler,
} from '../../support/app/handler-runtime.js';

const push = textPush({ content: '你好' });
const run = (
  module: Partial<LooseHandler>,
  services: RunServices = testServices().services,
  to: Push = push,
) =>
  runHandle(
    { handler: loaded('tested', untyped({ on: '*', handle: () => undefined, ...module })), found: 'it' },
    to,
    services,
  );

const upload: RunServices['upload'] = async (kind, source) =>
  `${kind} of ${'path' in source ? source.path : 'url' in source ? source.url : source.fileName}`;

async function* words() {
  yield 'a';
}

describe('given a handler that does not wait', () => {
  test('when it returns a reply, then the outcome is there without a promise', () => {
    expect(run({ handle: (ctx) => ctx.reply.text('hi') })).toEqual({
      type: 'replied',
      reply: { type: 'text', content: 'hi' },
    });
  });

  test.each([undefined, null])('when it returns %p, then it is silent', (nothing) => {
    expect(run({ handle: () => nothing })).toEqual({ type: 'silent' });
  });

  test('when it throws, then the run rejects with the very same thing', async () => {
    const thrown = new Error('oops');
    const running = run({
      handle() {
        throw thrown;
      },
    });
    expect(running).toBeInstanceOf(Promise);
    await expect(running).rejects.toBe(thrown);
  });
});

describe('given a handler that makes a reply which WeChat would refuse', () => {
  test.each<[string, LooseHandler['handle']]>([
    ['at once', (ctx) => ctx.reply.text('')],
    ['later on', async (ctx) => ctx.reply.image(await Promise.resolve(''))],
    ['to send it', (ctx) => ctx.send({ type: 'text', content: '' })],
    ['with a channel that does not exist', (ctx) => ctx.reply.text('a', { channel: anything('air') })],
    ['with a file that is none', (ctx) => ctx.reply.voice(anything({ file: 'a.mp3' }))],
    ['with bare bytes', (ctx) => ctx.reply.image(anything(Buffer.from('x')))],
    ['with a path of nothing', (ctx) => ctx.reply.image({ path: '' })],
    ['as a stream of nothing', (ctx) => ctx.reply.stream(anything(['a']))],
  ])('when it does so %s, then it fails at the line that made it', async (_, handle) => {
    const thrown: unknown = await Promise.resolve(run({ handle })).catch((error: unknown) => error);
    expect(errorFields(thrown)).toMatchObject({
      name: 'ReplyInvalid',
      stack: expect.stringContaining('run-handler.test'),
    });
  });
});

describe('given a handler that waits', () => {
  test('when it resolves to a deferral, then the task is the outcome', async () => {
    await expect(
      run({ handle: (ctx) => Promise.resolve(ctx.defer({ city: '北京' })), later: () => undefined }),
    ).resolves.toEqual({ type: 'deferred', task: { city: '北京' } });
  });

  test.each([
    ['nothing', undefined],
    ['a part that is no JSON', { d: 1n }],
    ['a date', { at: new Date(0) }],
  ])('when it makes a deferral by hand, of %s, then it is refused', async (_, task) => {
    const handle = () => Promise.resolve({ type: 'deferral', task });
    await expect(run({ handle, later: () => undefined })).rejects.toThrow(TaskNotJson);
  });

  test('when it rejects, then so does the run', async () => {
    await expect(run({ handle: () => Promise.reject(new Error('oops')) })).rejects.toThrow('oops');
  });

  test('when it returns a thenable of its own making, then that is waited for by a real promise', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- the very thing under test
    const thenable = { then: (resolve: (value: undefined) => void) => resolve(undefined) };
    const running = run({ handle: () => thenable });
    expect(running).toBeInstanceOf(Promise);
    await expect(running).resolves.toEqual({ type: 'silent' });
  });
});

describe('given a handler that returns nonsense', () => {
  test.each([
    ['a secret text', 'a string'],
    [42, 'a number'],
    [{ a: 1, b: 2 }, 'an object with the keys a, b'],
    [[1, 2], 'a list of 2'],
    [{ type: 'txet', content: 'x' }, 'an object with the keys type, content'],
    [() => undefined, 'a function'],
  ])('when it is %p, then the error names the handler and says it was %s', async (nonsense, shape) => {
    const running = run({ handle: () => nonsense });
    await expect(running).rejects.toMatchObject({ code: 'handler_result_invalid' });
    await expect(running).rejects.toThrow(`"tested" returned ${shape}`);
    await expect(running).rejects.not.toThrow('secret');
  });

  test('when it defers and has no `later`, then that is an error now and not after the user was told to wait', async () => {
    await expect(run({ handle: (ctx) => ctx.defer(1) })).rejects.toMatchObject({
      code: 'handler_result_invalid',
    });
  });
});

describe('given a handler that looks around', () => {
  test('then its context is taken apart as well as used whole', async () => {
    const { services } = testServices({ attempt: 3 });
    let seen: unknown[] = [];
    await run(
      {
        handle({ push: pushed, user, found, reply, defer, deadline, signal, attempt, api }) {
          const { text } = reply;
          seen = [pushed, user, found, deadline, signal, attempt, api, defer(1).task];
          return text('done');
        },
      },
      services,
    );
    const { deadline, signal, api } = services;
    expect(seen).toEqual([push, push.user, 'it', deadline, signal, 3, api, 1]);
  });

  test('when nobody touches signal or deadline, then they are never asked for', async () => {
    const { services } = testServices();
    const touched = (): never => {
      throw new Error('touched');
    };
    const lazy: RunServices = Object.defineProperties(
      { ...services },
      { signal: { get: touched }, deadline: { get: touched } },
    );
    expect(await run({ handle: (ctx) => ctx.reply.text(String(ctx.attempt)) }, lazy)).toMatchObject({
      type: 'replied',
    });
  });

  test('when it logs, then the line carries its name', async () => {
    const { services, lines } = testServices();
    await run({ handle: (ctx) => ctx.log.info({ a: 1 }, 'hello') }, services);
    expect(lines).toEqual([{ level: 'info', fields: { handler: 'tested', a: 1 }, message: 'hello' }]);
  });
});

describe('given a handler that sends', () => {
  test('when it sends on the way, then the message goes out and its return value is still the answer', async () => {
    const { services, sent, lines } = testServices();
    const outcome = await run(
      {
        async handle(ctx) {
          await ctx.send(ctx.reply.text('还在查'));
          return ctx.reply.text('查到了');
        },
      },
      services,
    );
    expect(sent).toEqual([{ msgtype: 'text', text: { content: '还在查' } }]);
    expect(outcome).toMatchObject({ reply: { content: '查到了' } });
    expect(lines).toEqual([]);
  });

  test.each([['a text'], [undefined], [{ type: 'to-staff' }], [new TextStream(words())]])(
    'when it sends %p, then send rejects',
    async (nonsense) => {
      const { services, sent } = testServices();
      await expect(run({ handle: (ctx) => ctx.send(anything(nonsense)) }, services)).rejects.toMatchObject({
        code: 'handler_result_invalid',
      });
      expect(sent).toEqual([]);
    },
  );
});

describe('given replies that were made', () => {
  const warnings = async (handle: LooseHandler['handle']) => {
    const { services, lines } = testServices();
    await run({ handle, later: () => undefined }, services);
    return lines.map(({ level, fields }) => ({ level, ...fields }));
  };

  test('when one is neither returned nor sent, then the log names the handler and the type', async () => {
    expect(await warnings((ctx) => void ctx.reply.image('m1'))).toEqual([
      { level: 'warn', handler: 'tested', replies: ['image'] },
    ]);
  });

  test('when two are made and the first is returned, then the second is reported', async () => {
    expect(
      await warnings((ctx) => {
        const answer = ctx.reply.text('a');
        ctx.reply.toStaff();
        return answer;
      }),
    ).toEqual([{ level: 'warn', handler: 'tested', replies: ['to-staff'] }]);
  });

  test('when a deferral is returned instead, then the reply is reported', async () => {
    expect(
      await warnings((ctx) => {
        ctx.reply.text('a');
        return ctx.defer(1);
      }),
    ).toHaveLength(1);
  });

  test('when a stream is not returned, then it is reported like a reply', async () => {
    expect(await warnings((ctx) => void ctx.reply.stream(words()))).toMatchObject([{ replies: ['stream'] }]);
    expect(await warnings((ctx) => ctx.reply.stream(words()))).toEqual([]);
  });

  test('when all are used, then nothing is said', async () => {
    expect(await warnings((ctx) => ctx.reply.text('a'))).toEqual([]);
  });
});

describe('given a reply that is kept on one channel', () => {
  test.each<[string, (reply: Replies) => unknown]>([
    ['text', (make) => make.text('a', { channel: 'passive' })],
    ['text', (make) => make.markdown('a', { channel: 'passive' })],
    ['image', (make) => make.image('m', { channel: 'passive' })],
    ['voice', (make) => make.voice('m', { channel: 'passive' })],
    ['video', (make) => make.video('m', { title: 't', channel: 'passive' })],
    ['music', (make) => make.music({ thumbMediaId: 'm', channel: 'passive' })],
    [
      'news',
      (make) => make.news([{ title: '', description: '', picUrl: '', url: '' }], { channel: 'passive' }),
    ],
  ])('when a %s is made so, then it says so', (type, make) => {
    expect(run({ handle: (ctx) => make(ctx.reply) })).toMatchObject({ reply: { type, channel: 'passive' } });
  });
});

describe('given several articles', () => {
  const article = { title: 't', description: 'd', picUrl: 'p', url: 'u' };
  const three = [article, article, article];
  const tooMany = expect.objectContaining({
    code: 'reply_invalid',
    message: expect.stringMatching(/one article/),
  });
  const { services } = testServices();
  const click = eventPush('CLICK', { EventKey: 'k' });

  test.each<[string, LooseHandler['handle']]>([
    ['made', (ctx) => ctx.reply.news(three)],
    ['returned by hand', () => ({ type: 'news', articles: three })],
    ['made for one channel', (ctx) => ctx.reply.news(three, { channel: 'customer-service' })],
    ['sent', (ctx) => ctx.send({ type: 'news', articles: three })],
  ])('when they are %s for a message, then it is refused', async (_, handle) => {
    await expect(Promise.resolve(run({ handle }))).rejects.toEqual(tooMany);
  });

  test('when they are returned for an event, then all of them are the reply', () => {
    expect(run({ handle: (ctx) => ctx.reply.news(three) }, services, click)).toMatchObject({
      reply: { articles: three },
    });
  });

  test('when they are sent for an event, then it is refused: a customer-service message carries one', async () => {
    const sending = run({ handle: (ctx) => ctx.send(ctx.reply.news(three)) }, services, click);
    await expect(Promise.resolve(sending)).rejects.toEqual(tooMany);
  });
});

describe('given an article with a field that articles do not have', () => {
  const named = (name: string) => ({ title: 't', description: 'd', picUrl: '', url: 'u', [name]: 'p' });
  const news =
    (name: string): LooseHandler['handle'] =>
    () => ({ type: 'news', articles: [named(name)] });

  test.each([
    ['picurl', 'use picUrl'],
    ['pic_url', 'use picUrl'],
    ['PicUrl', 'use picUrl'],
    ['desc', 'use description'],
    ['colour', 'it has title, description, picUrl, url'],
  ])('when it is %s, then the reply is refused: %s', async (name, sentence) => {
    const refused = { code: 'reply_invalid', message: expect.stringContaining(sentence) };
    await expect(Promise.resolve(run({ handle: news(name) }))).rejects.toMatchObject(refused);
    const made: LooseHandler['handle'] = (ctx) => ctx.reply.news([named(name)]);
    await expect(Promise.resolve(run({ handle: made }))).rejects.toMatchObject(refused);
  });
});

describe('given a reply that the handler changes after it was returned', () => {
  test('when it does so, then the outcome stays as it was', async () => {
    const reply = { type: 'text', content: 'before' };
    const outcome = run({ handle: () => reply });
    reply.content = 'after';
    expect(outcome).toEqual({ type: 'replied', reply: { type: 'text', content: 'before' } });
  });
});

describe('given an answer that is still being written', () => {
  test('when it is returned, then the outcome is the stream, with its options', () => {
    const outcome = run({ handle: (ctx) => ctx.reply.stream(words(), { onNewMessage: 'finish' }) });
    expect(outcome).toMatchObject({ type: 'streaming', stream: { onNewMessage: 'finish' } });
  });
});

describe('given a reply that names files', () => {
  const jpg = { bytes: Buffer.from('jpg'), fileName: 'cover.jpg' };

  test.each<[string, LooseHandler['handle'], object]>([
    [
      'an image',
      (ctx) => ctx.reply.image({ path: 'a.png' }),
      { type: 'image', mediaId: 'image of /handlers/a.png' },
    ],
    [
      'a voice',
      (ctx) => ctx.reply.voice({ url: 'https://x/a.mp3' }, { channel: 'passive' }),
      { type: 'voice', mediaId: 'voice of https://x/a.mp3', channel: 'passive' },
    ],
    [
      'a video',
      async (ctx) => ctx.reply.video({ path: 'a.mp4' }, { title: 't', thumbMediaId: jpg }),
      { type: 'video', title: 't', mediaId: 'video of /handlers/a.mp4', thumbMediaId: 'thumb of cover.jpg' },
    ],
    [
      'a video with an id',
      (ctx) => ctx.reply.video('v1', { thumbMediaId: jpg }),
      { type: 'video', mediaId: 'v1', thumbMediaId: 'thumb of cover.jpg' },
    ],
    [
      'a piece of music',
      (ctx) => ctx.reply.music({ musicUrl: 'https://x', thumbMediaId: jpg }),
      { type: 'music', musicUrl: 'https://x', thumbMediaId: 'thumb of cover.jpg' },
    ],
    [
      'one made by hand',
      () => ({ type: 'image', mediaId: { path: 'b.png' } }),
      { type: 'image', mediaId: 'image of /handlers/b.png' },
    ],
  ])('when it is %s, then the outcome names media ids', async (_, handle, reply) => {
    const { services, lines } = testServices({ upload });
    expect(await run({ handle }, services)).toEqual({ type: 'replied', reply });
    expect(lines).toEqual([]);
  });

  test('when it is sent, then the message names the media id', async () => {
    const { services, sent } = testServices({ upload });
    await run({ handle: (ctx) => ctx.send(ctx.reply.image({ path: 'a.png' })) }, services);
    expect(sent).toEqual([{ msgtype: 'image', image: { media_id: 'image of /handlers/a.png' } }]);
  });

  test('when `later` answers with it, then that is uploaded as well', async () => {
    const later: LooseHandler['later'] = (ctx) => ctx.reply.image({ path: 'a.png' });
    const handler = loaded('tested', untyped({ on: '*', handle: () => undefined, later }));
    const outcome = await runLater(handler, push, 1, testServices({ upload }).services);
    expect(outcome).toMatchObject({ reply: { mediaId: 'image of /handlers/a.png' } });
  });

  test('when the upload fails, then the run rejects with the reason', async () => {
    const refused = new MediaRefused('the file is empty');
    const { services, sent } = testServices({ upload: () => Promise.reject(refused) });
    await expect(run({ handle: (ctx) => ctx.reply.image({ path: 'a.png' }) }, services)).rejects.toBe(
      refused,
    );
    await expect(
      run({ handle: (ctx) => ctx.send(ctx.reply.image({ path: 'a.png' })) }, services),
    ).rejects.toBe(refused);
    expect(sent).toEqual([]);
  });
});

describe('given a deferred task', () => {
  const later = (module: Partial<LooseHandler>): Promise<Outcome> =>
    runLater(
      loaded('tested', untyped({ on: '*', handle: () => undefined, ...module })),
      push,
      { city: '北京' },
      testServices().services,
    );

  test('when `later` answers, then its reply is the outcome', async () => {
    expect(await later({ later: (ctx, task) => ctx.reply.text(JSON.stringify([task, ctx.user])) })).toEqual({
      type: 'replied',
      reply: { type: 'text', content: JSON.stringify([{ city: '北京' }, push.user]) },
    });
  });

  test('when `later` runs, then it has neither `toStaff` nor `defer`', async () => {
    let has: boolean[] = [];
    await later({ later: (ctx) => void (has = ['toStaff' in ctx.reply, 'defer' in ctx]) });
    expect(has).toEqual([false, false]);
  });

  test('when `later` throws or returns nonsense, then the run rejects', async () => {
    await expect(
      later({
        later() {
          throw new Error('oops');
        },
      }),
    ).rejects.toThrow('oops');
    await expect(later({ later: () => 'text' })).rejects.toMatchObject({
      code: 'handler_result_invalid',
    });
  });

  test('when the handler has lost its `later` meanwhile, then the error says so', async () => {
    await expect(later({})).rejects.toMatchObject({ code: 'handler_cannot_finish' });
  });
});
