import { describe, expect, test } from '@jest/globals';
import {
  defineHandler,
  eventPush,
  ReplyInvalid,
  tapPush,
  textPush,
  tryHandler,
  tryLater,
  type Choice,
  type ChoicesOptions,
  type HandlerResult,
} from '../../../src/index.js';
import { createRouter } from '../../../src/handler-runtime/router.js';
import { CHOICE_LIMIT } from '../../../src/protocol/limits.js';
import { captureLog } from '../../support/app/handler-runtime.js';

const STEPS: readonly Choice[] = [
  { label: '还没发货', id: 'unsent' },
  { label: '已经收到', id: 'received' },
];
const push = textPush({ content: '退货' });
const HOUR_MS = 3_600_000;

const offering = (choices: unknown, options?: ChoicesOptions) =>
  defineHandler({
    on: ['message.text', 'event.subscribe'],
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JavaScript may give
    handle: (ctx) => ctx.reply.choices(choices as readonly Choice[], options),
    chosen: (ctx, id) => ctx.reply.text(`${ctx.push.content}: ${id}`),
  });
const order = offering(STEPS, { head: '订单到哪一步了？', tail: '点上面的文字即可' });

describe('given a handler that offers choices', () => {
  test('when it answers, then the text has head, a link for each choice, and tail', async () => {
    const tried = await tryHandler(order, push);
    const content = tried.type === 'replied' && tried.reply.type === 'text' ? tried.reply.content : '';
    expect(content.replaceAll(/msgmenuid=[\w.-]+/g, 'msgmenuid=…')).toBe(
      [
        '订单到哪一步了？',
        '<a href="weixin://bizmsgmenu?msgmenucontent=还没发货&msgmenuid=…">还没发货</a>',
        '<a href="weixin://bizmsgmenu?msgmenucontent=已经收到&msgmenuid=…">已经收到</a>',
        '点上面的文字即可',
      ].join('\n\n'),
    );
  });

  test.each(STEPS)(
    'when the user taps «$label», then `chosen` gets $id and the text of the tap',
    async (step) => {
      const tried = await tryHandler(order, push);
      expect(await tryHandler(order, tapPush(tried, step.label))).toMatchObject({
        type: 'replied',
        reply: { content: `${step.label}: ${step.id}` },
      });
    },
  );

  test('when it takes events alone, then a tap comes to it all the same', async () => {
    const welcome = defineHandler({ ...order, on: 'event.subscribe' });
    const tried = await tryHandler(welcome, eventPush('subscribe'));
    expect(await tryHandler(welcome, textPush({ content: '还没发货' }))).toMatchObject({ type: 'not-mine' });
    expect(await tryHandler(welcome, tapPush(tried, '还没发货'))).toMatchObject({ type: 'replied' });
  });

  test('when `later`, `ctx.send` or a stream offers them, then a tap comes back as well', async () => {
    const late = defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.defer(null),
      async later(ctx) {
        await ctx.send(ctx.reply.choices(STEPS));
        return ctx.reply.choices(STEPS);
      },
      chosen: (ctx, id) => ctx.reply.text(id),
    });
    const tried = await tryLater(late, push, null);
    expect(await tryHandler(late, tapPush(tried, '已经收到'))).toMatchObject({
      reply: { content: 'received' },
    });
    const [sent] = tried.sent;
    const content = sent?.msgtype === 'text' ? sent.text.content : '';
    expect(await tryHandler(late, tapPush({ type: 'text', content }, '还没发货'))).toMatchObject({
      reply: { content: 'unsent' },
    });

    const streaming = defineHandler({
      on: 'message.text',
      handle(ctx) {
        async function* parts() {
          yield '**很快**就';
          yield ctx.reply.choices(STEPS);
          yield '寄出。';
        }
        return ctx.reply.stream(parts(), { markdown: true });
      },
      chosen: (ctx, id) => ctx.reply.text(id),
    });
    const streamed = await tryHandler(streaming, push);
    expect(streamed).toMatchObject({ reply: { content: expect.stringMatching(/^很快就寄出。\n\n<a href/) } });
    expect(await tryHandler(streaming, tapPush(streamed, '还没发货'))).toMatchObject({
      reply: { content: 'unsent' },
    });
  });

  test('when a label has what links and apps read otherwise, then a tap says it with the full-width forms', async () => {
    const label = '50% & "x"+y #1?=é 👍';
    const odd = offering([{ label, id: 'odd' }]);
    const tried = await tryHandler(odd, push);
    const content = tried.type === 'replied' && tried.reply.type === 'text' ? tried.reply.content : '';
    const said = '50％ & "x"＋y #1?=é 👍';
    const href = /href="([^"]*)"/.exec(content)?.[1] ?? '';
    // What WeChat's app does: the query is decoded, and its value once more.
    const once = new URL(href).searchParams.get('msgmenucontent') ?? '';
    expect([once, decodeURIComponent(once)]).toEqual([said, said]);
    expect(tapPush(tried, label).content).toBe(said);
  });

  test('when nothing was given but choices, then they are the text', async () => {
    expect(await tryHandler(offering(STEPS), push)).toMatchObject({
      reply: { content: expect.stringMatching(/^<a [^]*<\/a>$/) },
    });
  });
});

describe('given an id that came with a text', () => {
  const tapOf = async (options?: ChoicesOptions) =>
    tapPush(await tryHandler(offering(STEPS, options), push), '还没发货');
  const said = async (tap: HandlerResultPush) => tryHandler(order, tap);

  test('when the user typed the id of a choice, then it is a text', async () => {
    for (const content of ['unsent', (await tapOf()).menuItemId ?? ''])
      expect(await said(textPush({ content }))).toMatchObject({
        reply: { content: expect.stringContaining('订单到哪一步了？') },
      });
  });

  test('when it is another user, then it is a text', async () => {
    const tried = await tryHandler(order, push);
    expect(await said(tapPush(tried, '还没发货', { user: 'oOther' }))).toMatchObject({
      reply: { content: expect.stringContaining('订单到哪一步了？') },
    });
  });

  test('when the hours are over, then it is a text', async () => {
    const tried = await tryHandler(offering(STEPS, { validForHours: 2 }), push);
    const tapIn = (hours: number) =>
      tapPush(tried, '还没发货', { sentAt: new Date(Date.now() + hours * HOUR_MS) });
    expect(await said(tapIn(2))).toMatchObject({ reply: { content: '还没发货: unsent' } });
    expect(await said(tapIn(3.01))).toMatchObject({ reply: { content: expect.stringContaining('订单') } });
  });
});
type HandlerResultPush = Parameters<typeof tryHandler>[1];

describe('given choices that cannot be offered', () => {
  const errorOf = async (choices: unknown, options?: unknown) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JavaScript may give
    tryHandler(offering(choices, options as ChoicesOptions), push).then(
      () => undefined,
      (error: unknown) => error,
    );
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ label: `${at}`, id: `${at}` }));

  test.each<[string, unknown, string, string]>([
    ['no list', undefined, 'reply_invalid', 'this is undefined'],
    ['a text', '还没发货', 'reply_invalid', 'this is a string'],
    ['none', [], 'reply_invalid', 'a list of 0'],
    ['too many', many(CHOICE_LIMIT + 1), 'reply_invalid', `a list of ${CHOICE_LIMIT + 1}`],
    ['one that is null', [null], 'reply_invalid', 'The label of choices[0] is undefined'],
    ['no label', [{ id: 'a' }], 'reply_invalid', 'The label of choices[0] is undefined'],
    ['an empty label', [{ label: ' ', id: 'a' }], 'reply_invalid', 'is an empty text'],
    ['a label of two lines', [{ label: 'a\nb', id: 'a' }], 'reply_invalid', 'line break'],
    ['a label with a tag', [{ label: 'a</a>', id: 'a' }], 'reply_invalid', 'holds <, >'],
    ['a label with a lone surrogate', [{ label: 'a\ud800', id: 'a' }], 'reply_invalid', 'control character'],
    ['a label that is too long', [{ label: '长'.repeat(43), id: 'a' }], 'reply_too_long', 'has 129 bytes'],
    ['no id', [{ label: 'a' }], 'reply_invalid', 'The id of choices[0] is undefined'],
    ['an id that is a number', [{ label: 'a', id: 7 }], 'reply_invalid', 'is a number'],
    ['an empty id', [{ label: 'a', id: '' }], 'reply_invalid', 'is an empty text'],
    [
      'an id with odd characters',
      [{ label: 'a', id: '付款' }],
      'reply_invalid',
      'a text with other characters',
    ],
    ['an id with a &', [{ label: 'a', id: 'a&b' }], 'reply_invalid', 'A-Z a-z 0-9 . _ -'],
    ['an id that is too long', [{ label: 'a', id: 'x'.repeat(33) }], 'reply_invalid', '33 characters long'],
    [
      'an id twice',
      [
        { label: 'a', id: 'a' },
        { label: 'b', id: 'a' },
      ],
      'reply_invalid',
      'choices[1] has the id',
    ],
    [
      'more than one message holds',
      many(CHOICE_LIMIT).map(({ id }) => ({ label: '长'.repeat(42), id })),
      'reply_too_long',
      'one message holds 2048',
    ],
  ])('when there is %s, then it is refused where it is made', async (_, choices, code, words) => {
    expect(await errorOf(choices)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test.each<[string, unknown, string]>([
    ['a head that is no text', { head: 7 }, 'The head of choices is a number'],
    ['a tail that is no text', { tail: [] }, 'The tail of choices is a list of 0'],
    ['no time', { validForHours: 0 }, 'validForHours'],
    ['a time that is no number', { validForHours: 'x' }, 'validForHours'],
    ['more than a year', { validForHours: 8_761 }, 'validForHours'],
    ['an unknown channel', { channel: 'carrier pigeon' }, 'channel'],
  ])('when there is %s, then it is refused', async (_, options, words) => {
    expect(await errorOf(STEPS, options)).toMatchObject({
      code: 'reply_invalid',
      message: expect.stringContaining(words),
    });
  });

  test('when ten choices of ten characters are offered, then they fit', async () => {
    const ten = many(10).map(({ id }) => ({ label: '字'.repeat(10), id }));
    expect(await errorOf(ten, { head: '请选一项' })).toBeUndefined();
  });

  test('when the handler has no `chosen`, then it is refused, and the words say what to add', async () => {
    const dumb = { on: order.on, handle: order.handle.bind(order) };
    await expect(tryHandler(dumb, push)).rejects.toThrow(ReplyInvalid);
    await expect(tryHandler(dumb, push)).rejects.toThrow('add chosen(ctx, id)');
  });

  test('when no choice has the label, then `tapPush` says so', async () => {
    const tried = await tryHandler(order, push);
    expect(() => tapPush(tried, '没有的')).toThrow('the reply has 2 choices, and none has this label');
  });
});

describe('given several handlers with `chosen`', () => {
  const named = (name: string, result: () => HandlerResult = () => undefined) => ({
    name,
    file: name,
    on: ['message.text' as const],
    module: { on: 'message.text' as const, handle: result, chosen: () => undefined },
  });
  const tapped = { id: 'unsent', isExpired: false };

  test('when a tap comes, then the one that offered it gets it, though another one would be asked first', async () => {
    const router = createRouter([named('a'), named('b')]);
    const tap = tapPush(await tryHandler(order, push), '还没发货');
    const taps = {
      read: (_: string, { handler }: { handler: string }) => (handler === 'b' ? tapped : undefined),
    };
    expect(router.route(tap, 'default', taps)).toMatchObject({ handler: { name: 'b' }, chosen: 'unsent' });
    expect(router.route(push, 'default', taps)).toMatchObject({ handler: { name: 'a' } });
    expect(router.route(push, 'default', taps)).not.toHaveProperty('chosen');
  });

  test('when nobody offered it, or it is over, then the log says so and names no id', async () => {
    const log = captureLog();
    const router = createRouter([named('a')], [], { log });
    const tap = tapPush(await tryHandler(order, push), '还没发货');
    expect(router.route(tap, 'default', { read: () => undefined })).not.toHaveProperty('chosen');
    expect(router.route(tap, 'default', { read: () => ({ ...tapped, isExpired: true }) })).not.toHaveProperty(
      'chosen',
    );
    expect(log.lines.map(({ message }) => message)).toEqual([
      'choice unknown: no handler here offered it to this user, so its tap is a text',
      'choice expired: its tap is taken as a text',
    ]);
    expect(JSON.stringify(log.lines)).not.toContain(tap.menuItemId);
  });
});
