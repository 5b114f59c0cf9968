import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler, says } from '../../src/index.js';
import { startConversation, type Conversation } from './support/conversation.js';

const TEMPLATE_ID = 'SandboxTemplateSandboxTemplateSandboxTempl1';
const TEMPLATE = {
  type: 'template',
  templateId: TEMPLATE_ID,
  data: { thing1: '{answer:8}', thing2: '{handler}', time3: '{time}' },
};
const SEND = '/cgi-bin/message/custom/send';
/** A wrong template may be mended: it is tried six times. */
const WITH_TRIES_MS = 120_000;
const TEMPLATE_SEND = '/cgi-bin/message/template/send';

let chat: Conversation;
afterEach(() => chat.stop());

async function start(template: object, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  chat = await startConversation({
    settings: { LATE_TEMPLATE: JSON.stringify(template), ...settings },
    handlers: {
      menu: defineHandler({
        on: 'event.click',
        async handle(ctx) {
          await new Promise<void>((resume) => void chat.clock.schedule(65_000, resume));
          return ctx.reply.text('这是一个很长很长的回答');
        },
      }),
      slow: defineHandler({
        on: 'message.text',
        when: says('slow'),
        handle: (ctx) => ctx.defer({}),
        later: (ctx) => ctx.reply.text('好了'),
      }),
      echo: defineHandler({ on: 'message.text', handle: (ctx) => ctx.reply.text(ctx.push.content) }),
    },
  });
}

/** A tap lets us send for a minute; the answer takes longer. */
async function tap(waitMs = 80_000): Promise<void> {
  void chat.sandbox.push({ kind: 'event.click', follower: 'oAlice', fields: { EventKey: 'k' } });
  await chat.wait(waitMs);
}
const said = () =>
  chat.sandbox.state.chat
    .list()
    .filter(({ from }) => from === 'account')
    .map(({ via, shown }) => [via, Reflect.get(shown, 'content')]);
const calls = (path: string) => chat.sandbox.state.calls.list().filter((call) => call.path === path).length;
const lines = (stage: string) =>
  chat.log.lines.filter(({ fields }) => fields['stage'] === stage).map(({ fields }) => fields);

describe('given an answer for which the window is over', () => {
  test('when there is a template, then it goes in its place, and counts as delivered', async () => {
    await start(TEMPLATE);
    await tap();
    expect(said()).toEqual([['template', '事项：这是一个很长很…\n结果：menu\n时间：2026年6月1日 12:01']]);
    expect([calls(SEND), calls(TEMPLATE_SEND)]).toEqual([0, 1]);
    expect(lines('delivered')).toMatchObject([{ channel: 'template', messages: 1 }]);
  });

  test('when the answer to its send is lost, then it is sent again, and seen once', async () => {
    await start(TEMPLATE);
    chat.sandbox.state.faults.add({ kind: 'reset-after', path: TEMPLATE_SEND });
    await tap();
    expect(said()).toHaveLength(1);
    expect(calls(TEMPLATE_SEND)).toBe(2);
    expect(lines('delivered')).toMatchObject([{ channel: 'template' }]);
  });

  test('when WeChat is busy, then it is tried again', async () => {
    await start(TEMPLATE);
    chat.sandbox.state.faults.add({ kind: 'errcode', errcode: -1, path: TEMPLATE_SEND });
    await tap();
    expect(said()).toHaveLength(1);
  });

  test('when the template is refused, then the answer is kept for the next message, and the log has both reasons', async () => {
    await start({ ...TEMPLATE, templateId: 'unknown' });
    await tap(WITH_TRIES_MS);
    expect(said()).toEqual([]);
    expect(lines('mailbox')).toMatchObject([
      { why: expect.stringMatching(/nothing may be sent.*template.*40037/) },
    ]);
    expect(await chat.say('还在吗')).toMatchObject([
      { via: 'passive', content: '这是一个很长很长的回答\n\n还在吗' },
    ]);
  });

  test('when nothing is kept either, then the dead letter has both reasons', async () => {
    await start({ ...TEMPLATE, templateId: 'unknown' }, { LATE_REPLY: 'customer-service' });
    await tap(WITH_TRIES_MS);
    expect(lines('dead')).toMatchObject([
      {
        reason: 'window-closed',
        errcode: 40037,
        detail: expect.stringMatching(/nothing may be sent.*template.*40037/),
      },
    ]);
  });
});

describe('given a window that WeChat closed before its time', () => {
  test('when a message is refused for it, then the template goes in its place', async () => {
    await start(TEMPLATE);
    chat.sandbox.state.faults.add({ kind: 'window-closed', path: SEND });
    await chat.say('slow', 10_000);
    expect(said()).toEqual([['template', expect.stringMatching(/^事项：好了\n结果：slow\n时间：/)]]);
    expect([calls(SEND), calls(TEMPLATE_SEND)]).toEqual([1, 1]);
  });
});

describe('given a subscription notice', () => {
  test('when the user opted in, then it goes out; when not, then the answer is kept', async () => {
    await start({ ...TEMPLATE, type: 'subscription', url: 'https://www.example.com/' });
    chat.sandbox.state.followers.change('oAlice', { optIns: { [TEMPLATE_ID]: 1 } });
    await tap();
    expect(said()).toMatchObject([['notice', expect.stringContaining('这是一个很长很…')]]);
    expect(lines('delivered')).toMatchObject([{ channel: 'subscription' }]);
    await tap();
    expect(said()).toHaveLength(1);
    expect(lines('mailbox')).toMatchObject([{ why: expect.stringContaining('43101') }]);
  });
});
