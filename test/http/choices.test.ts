import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { defineHandler } from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app/test-app.js';
import { eventually } from '../support/time/eventually.js';
import { cipherModes, post, textXml, wire } from '../support/wechat/wire-push.js';

const apps: TestApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});
async function appOf(options: TestAppOptions): Promise<TestApp> {
  const app = await createTestApp(options);
  apps.push(app);
  return app;
}

const STEPS = [
  { label: '还没发货', id: 'unsent' },
  { label: '已经收到', id: 'received' },
];
const order = defineHandler({
  on: 'message.text',
  when: ({ content }) => content === '退货',
  handle: (ctx) => ctx.reply.choices(STEPS, { head: '订单到哪一步了？' }),
  chosen: (ctx, id) => ctx.reply.text(`chosen ${id}`),
});
/** Would be asked first for any text. */
const eager = defineHandler({
  on: 'message.text',
  when: () => true,
  handle: (ctx) => ctx.reply.text('a text'),
});
const handlers = { 'shop/order': order, zeal: eager };

/** The id behind a label in what the user got. */
function idOf(shown: string, label: string): string {
  const id = new RegExp(`msgmenuid=([^"]*)">${label}</a>`).exec(shown)?.[1];
  if (id === undefined) throw new Error(`no choice ${label}`);
  return id;
}
const say = async (app: TestApp, elements: Record<string, string>) =>
  (await post(app.http, wire(textXml(elements)))).text;
const tap = (id: string, label = '还没发货') => ({ Content: label, bizmsgmenuid: id });

describe('given choices in a passive reply', () => {
  test('when the user taps one, then its handler answers, and not the one that is asked first', async () => {
    const app = await appOf({ handlers });
    const shown = await say(app, { Content: '退货' });
    expect(shown).toContain('订单到哪一步了？');
    expect(await say(app, tap(idOf(shown, '还没发货')))).toContain('chosen unsent');
    expect(await say(app, tap(idOf(shown, '已经收到'), '已经收到'))).toContain('chosen received');
  });

  test('when the tap comes to another server of the account, which has nothing in its store, then it is answered', async () => {
    const [one, other] = [await appOf({ handlers }), await appOf({ handlers })];
    const shown = await say(one, { Content: '退货' });
    expect(await say(other, tap(idOf(shown, '还没发货')))).toContain('chosen unsent');
  });

  test('when the id is typed, forged, of another user, or of another account, then it is a plain text', async () => {
    const app = await appOf({ handlers });
    const elsewhere = await appOf({ handlers, settings: { WECHAT_APP_ID: 'wx0000000000000001' } });
    const id = idOf(await say(app, { Content: '退货' }), '还没发货');
    const foreign = idOf(await say(elsewhere, { Content: '退货' }), '还没发货');
    for (const elements of [
      { Content: id },
      { Content: `还没发货]]></Content><bizmsgmenuid>${id}</bizmsgmenuid><Content><![CDATA[` },
      tap('unsent'),
      tap('101'),
      tap(''),
      tap(id.replace('unsent', 'received')),
      tap(foreign),
      { ...tap(id), FromUserName: 'oAnother' },
    ])
      expect([elements, await say(app, elements)]).toEqual([elements, expect.stringContaining('a text')]);
    expect(await say(app, tap(id))).toContain('chosen unsent');
  });

  test('when a week is over, then the tap is a plain text', async () => {
    const app = await appOf({ handlers });
    const id = idOf(await say(app, { Content: '退货' }), '还没发货');
    const afterHours = (hours: number) =>
      say(app, { ...tap(id), CreateTime: String(1_736_670_151 + hours * 3_600) });
    expect(await afterHours(167)).toContain('chosen unsent');
    expect(await afterHours(169)).toContain('a text');
    expect(app.lines.map(({ message }) => message)).toContain('choice expired: its tap is taken as a text');
  });

  test('when the handler is bound to another account now, or gone, then the tap is a plain text', async () => {
    const id = idOf(await say(await appOf({ handlers }), { Content: '退货' }), '还没发货');
    const bound = await appOf({
      handlers: { 'shop/order': { ...order, accounts: ['default'] }, zeal: eager },
    });
    expect(await say(bound, tap(id))).toContain('chosen unsent');
    expect(await say(await appOf({ handlers: { zeal: eager } }), tap(id))).toContain('a text');
    expect(await say(await appOf({ handlers: { renamed: order, zeal: eager } }), tap(id))).toContain(
      'a text',
    );
  });
});

describe.each(cipherModes)('given a server in %s mode', (mode) => {
  test('when WeChat repeats the push of a tap, then it is taken once', async () => {
    let shown = '';
    const taken: string[] = [];
    const noting = defineHandler({
      on: 'message.text',
      handle(ctx) {
        const choices = ctx.reply.choices(STEPS);
        shown = choices.content;
        return choices;
      },
      chosen: (_, id) => void taken.push(id),
    });
    const app = await appOf({ handlers: { noting }, settings: { WECHAT_CIPHER_MODE: mode } });
    await post(app.http, wire(textXml({ Content: '退货' }), { mode }));
    const xml = textXml(tap(idOf(shown, '还没发货')));
    for (let attempt = 1; attempt <= 3; attempt += 1)
      expect((await post(app.http, wire(xml, { mode }))).text).toBe('success');
    expect(taken).toEqual(['unsent']);
  });
});

describe('given choices that are late', () => {
  test('when the account may send, then they come as a customer-service text, and a tap is answered', async () => {
    const slow = defineHandler({
      ...order,
      on: 'message.text',
      async handle(ctx) {
        await new Promise<void>((resume) => void app.clock.schedule(6_000, resume));
        return ctx.reply.choices(STEPS);
      },
    });
    const app = await appOf({ handlers: { slow } });
    const answering = post(app.http, wire(textXml({ Content: '退货' }))).then(({ text }) => text);
    await app.clock.advance(3_400);
    await app.jobsPut(1);
    await app.clock.advance(1_100);
    expect(await answering).toBe('success');
    await eventually(async () => {
      await app.clock.advance(1_000);
      expect(app.sent).toHaveLength(1);
    });
    expect(app.sent).toMatchObject([
      { msgtype: 'text', text: { content: expect.stringContaining('bizmsgmenu') } },
    ]);
    const id = idOf(JSON.stringify(app.sent).replaceAll('\\"', '"'), '还没发货');
    expect(await say(app, tap(id))).toContain('chosen unsent');
  });

  test('when the account may not send, then they come with the next reply, whole, and a tap is answered', async () => {
    const slow = defineHandler({
      on: 'message.text',
      chosen: (ctx, id) => ctx.reply.text(`chosen ${id}`),
      async handle(ctx) {
        if (ctx.push.content === 'hello') return ctx.reply.text('hi');
        await new Promise<void>((resume) => void app.clock.schedule(20_000, resume));
        return ctx.reply.choices(STEPS);
      },
    });
    const app = await appOf({ handlers: { slow }, settings: { LATE_REPLY: 'passive-only' } });
    const asked = post(app.http, wire(textXml({ Content: '退货' }))).then(
      () => undefined,
      () => undefined, // left open until WeChat hangs up
    );
    await eventually(async () => {
      await app.clock.advance(5_000);
      expect((await request(app.app.admin).get('/metrics')).text).toContain(
        'wechat_late_jobs{state="mailbox"} 1',
      );
    });
    await asked;
    const shown = await say(app, { Content: 'hello' });
    expect(shown).toContain('</a>');
    expect(shown).toContain('hi');
    expect(await say(app, tap(idOf(shown, '还没发货')))).toContain('chosen unsent');
  });
});
