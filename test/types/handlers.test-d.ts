/** Compiled, never run: what handlers may and may not say. */
import { defineHandler, defineObserver, says, tryLater, textPush } from '../../src/index.js';

type IsSame<A, B> = [A, B] extends [B, A] ? true : false;
/** Compiles only if `value` has exactly the type A. */
declare const isExactly: <A>() => <B>(value: IsSame<A, B> extends true ? B : never) => void;

// ── `on` narrows the push ──────────────────────────────────────────────────────────────────────────────────────

defineHandler({
  on: 'message.text',
  handle(ctx) {
    isExactly<string>()(ctx.push.content);
    // @ts-expect-error a text has no picture
    void ctx.push.picUrl;
    return ctx.reply.text(ctx.push.content);
  },
});

defineHandler({
  on: ['message.image', 'message.voice'],
  handle(ctx) {
    isExactly<'message.image' | 'message.voice'>()(ctx.push.kind);
    // @ts-expect-error only one of the two has a format
    void ctx.push.format;
    return ctx.push.kind === 'message.voice'
      ? ctx.reply.text(ctx.push.format)
      : ctx.reply.image(ctx.push.mediaId);
  },
});

defineHandler({
  on: 'event',
  handle(ctx) {
    isExactly<string>()(ctx.push.event);
    // @ts-expect-error events have no MsgId
    void ctx.push.msgId;
    if (ctx.push.kind === 'event.subscribe') isExactly<string | undefined>()(ctx.push.scene);
  },
});

defineHandler({
  on: '*',
  handle(ctx) {
    isExactly<Date>()(ctx.push.sentAt);
    // @ts-expect-error not every push has an event
    void ctx.push.event;
  },
});

// @ts-expect-error no such kind
defineHandler({ on: 'message.txet', handle: () => undefined });

// @ts-expect-error no such kind in a list
defineHandler({ on: ['message.text', 'mesage'], handle: () => undefined });

// ── `when` types `found` ───────────────────────────────────────────────────────────────────────────────────────

defineHandler({
  on: 'message.text',
  when: ({ content }) => /^天气(.*)/.exec(content)?.[1],
  handle(ctx) {
    isExactly<string>()(ctx.found);
    // @ts-expect-error found is text
    void ctx.found.toFixed();
  },
});

defineHandler({
  on: 'message.location',
  when: ({ latitude }) => latitude > 0 && { north: latitude },
  handle: (ctx) => isExactly<{ north: number }>()(ctx.found),
});

defineHandler({
  on: 'message.text',
  when: says(/^订单\s*(\d+)/, 1),
  handle: (ctx) => ctx.defer({ order: ctx.found }),
  later: (_, { order }) => isExactly<string>()(order),
});

defineHandler({
  on: 'message.text',
  when: says('帮助', 'help'),
  handle: (ctx) => isExactly<string>()(ctx.found),
});

defineHandler({
  on: 'message.text',
  when: says(/^(\d+)$/),
  handle: (ctx) => isExactly<RegExpExecArray>()(ctx.found),
});

defineHandler({
  on: 'message.image',
  // @ts-expect-error a picture says nothing
  when: says('帮助'),
  handle: () => undefined,
});

defineHandler({ on: 'message.text', handle: (ctx) => isExactly<undefined>()(ctx.found) });

// ── `defer` types `later` ──────────────────────────────────────────────────────────────────────────────────────

const weather = defineHandler({
  on: 'message.text',
  when: ({ content }) => /^天气(.*)/.exec(content)?.[1],
  async handle(ctx) {
    await Promise.resolve();
    return ctx.found === '' ? ctx.reply.text('哪里？') : ctx.defer({ city: ctx.found });
  },
  async later(ctx, task) {
    isExactly<{ city: string }>()(task);
    // @ts-expect-error no such part of the task
    void task.town;
    // @ts-expect-error a late answer cannot hand over to staff
    void ctx.reply.toStaff;
    // @ts-expect-error nor be put off again
    void ctx.defer;
    await ctx.send(ctx.reply.text('…'));
    return ctx.reply.text(task.city);
  },
});

defineHandler({
  on: 'message.text',
  handle: (ctx) =>
    ctx.push.content === '' ? ctx.defer({ step: 'a', n: 1 }) : ctx.defer({ step: 'b', s: '' }),
  later: (ctx, task) => {
    isExactly<{ step: string; n: number } | { step: string; s: string }>()(task);
    return ctx.reply.text(task.step);
  },
});

// @ts-expect-error defers, and nobody finishes
defineHandler({ on: 'message.text', handle: (ctx) => ctx.defer({ city: '北京' }) });

// @ts-expect-error the same, after a wait
defineHandler({
  on: 'message.text',
  async handle(ctx) {
    await Promise.resolve();
    if (ctx.push.content === '') return ctx.defer(1);
    return ctx.reply.text('…');
  },
});

defineHandler({
  on: 'message.text',
  handle: (ctx) => ctx.defer({ city: '北京' }),
  // @ts-expect-error the task is another one
  later: (_ctx, task: { town: string }) => void task.town,
});

defineHandler({
  on: 'message.text',
  // @ts-expect-error a function is no JSON
  handle: (ctx) => ctx.defer({ done: () => undefined }),
  later: () => undefined,
});

// ── what may be returned ───────────────────────────────────────────────────────────────────────────────────────

// @ts-expect-error a text alone is no reply
defineHandler({ on: 'message.text', handle: () => '你好' });

defineHandler({
  on: 'message.text',
  handle: (ctx) => ctx.defer(1),
  // @ts-expect-error a transfer to staff is passive only
  later: () => ({ type: 'to-staff' }),
});

defineHandler({
  on: 'message.text',
  async handle(ctx) {
    // @ts-expect-error and cannot be sent
    await ctx.send(ctx.reply.toStaff());
    return ctx.reply.toStaff();
  },
});

// ── streams and channels ──────────────────────────────────────────────────────────────────────────────────────────

declare const words: AsyncIterable<string>;
declare const numbers: AsyncIterable<number>;

defineHandler({
  on: 'message.text',
  async handle(ctx) {
    // @ts-expect-error what is still being written cannot be sent
    await ctx.send(ctx.reply.stream(words));
    // @ts-expect-error not of texts
    void ctx.reply.stream(numbers);
    // @ts-expect-error no such choice
    void ctx.reply.stream(words, { onNewMessage: 'wait' });
    if (ctx.push.content === '') return ctx.reply.text('…', { channel: 'passive' });
    // @ts-expect-error no such channel
    void ctx.reply.text('…', { channel: 'air' });
    void ctx.reply.video('m1', { title: '…', channel: 'customer-service' });
    return ctx.push.content === 'later' ? ctx.defer(1) : ctx.reply.stream(words, { markdown: true });
  },
  later: (ctx) => ctx.reply.stream(words, { onNewMessage: 'finish' }),
});

// ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────

defineHandler({
  on: 'message.text',
  async handle(ctx) {
    await ctx.send(ctx.reply.image({ path: 'a.png' }));
    // @ts-expect-error bytes alone have no name
    void ctx.reply.image(new Uint8Array());
    // @ts-expect-error a stream cannot be read again when WeChat refuses its id
    void ctx.reply.image({ stream: words });
    // @ts-expect-error music is known by its cover
    void ctx.reply.music({ musicUrl: 'https://example.com' });
    if (ctx.push.content === '') return ctx.defer(1);
    return ctx.reply.video({ url: 'https://example.com' }, { title: '…', thumbMediaId: 'm1' });
  },
  later: (ctx) => ctx.reply.music({ thumbMediaId: { bytes: new Uint8Array(), fileName: 'a.jpg' } }),
});

// ── `session` and `markdown` ───────────────────────────────────────────────────────────────────────────────────

defineHandler({
  on: 'message.text',
  async handle(ctx) {
    interface Cart {
      items: string[];
    }
    const cart = await ctx.session.named('cart').get<Cart>();
    isExactly<Cart | undefined>()(cart);
    const next = await ctx.session.update<Cart>((before) => {
      isExactly<Cart | undefined>()(before);
      return before ?? { items: [] };
    });
    isExactly<Cart | undefined>()(next);
    const unnamed = await ctx.session.get();
    // @ts-expect-error nobody said what it is
    void unnamed.items;
    await ctx.session.set({ items: ['a'] } satisfies Cart, { ttlMs: 60_000 });
    // @ts-expect-error what is nothing is cleared, not set
    await ctx.session.set(undefined);
    // @ts-expect-error not what is kept there
    await ctx.session.update<Cart>(() => 1);
    // @ts-expect-error a named one has no others
    void ctx.session.named('cart').named('x');
    return ctx.reply.markdown(ctx.push.content);
  },
  later: (ctx) => ctx.session.clear(),
});

// ── observers and trying out ───────────────────────────────────────────────────────────────────────────────────

defineObserver({
  on: 'event.click',
  observe(ctx) {
    isExactly<string>()(ctx.push.key);
    // @ts-expect-error an observer cannot reply
    void ctx.reply;
  },
});

defineObserver({
  on: 'message.text',
  undelivered(ctx, letter) {
    isExactly<string>()(ctx.push.content);
    isExactly<number>()(letter.messages);
    isExactly<number | undefined>()(letter.errcode);
    // @ts-expect-error what was said is not told
    void letter.push;
    // @ts-expect-error an observer cannot send
    void ctx.send;
  },
});
// @ts-expect-error it hears of letters, not of anything else
defineObserver({ on: '*', undelivered: (ctx, letter: string) => letter });

void tryLater(weather, textPush({ content: '天气 北京' }), { city: '北京' });
// @ts-expect-error not the task that this handler makes
void tryLater(weather, textPush({ content: '天气 北京' }), { town: '北京' });
