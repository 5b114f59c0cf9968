import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../src/index.js';
import { startConversation, type Conversation } from './support/conversation.js';

const SEND = '/cgi-bin/message/custom/send';
const TYPING = '/cgi-bin/message/custom/typing';
const NOTICE = '稍等';

let chat: Conversation;
afterEach(() => chat.stop());

async function start(
  kind: 'subscription-unverified' | 'service-verified',
  settings: Readonly<Record<string, string>> = {},
  awaitPermission = true,
): Promise<void> {
  chat = await startConversation({
    account: { kind },
    settings: { LATE_NOTICE: NOTICE, ...settings },
    awaitPermission,
    handlers: {
      slow: defineHandler({
        on: 'message.text',
        async handle({ push: { content }, reply }) {
          const [, ms] = /^slow (\d+)$/.exec(content) ?? [];
          await new Promise<void>((resume) => void chat.clock.schedule(Number(ms ?? 0), resume));
          return reply.text(`answer to ${content}`);
        },
      }),
    },
  });
}

const errcodes = (path: string) =>
  chat.sandbox.state.calls
    .list()
    .filter((call) => call.path === path)
    .map(({ errcode }) => errcode);

describe('given LATE_REPLY=auto and an account without the right to send', () => {
  test('when its first late answer is ready after 7 s, then the user has it with the second try, and no send is made', async () => {
    await start('subscription-unverified');
    expect(errcodes(TYPING)).toEqual([48001]);
    expect(await chat.say('slow 7000', 5_000)).toMatchObject([
      { via: 'passive', content: 'answer to slow 7000' },
    ]);
    expect(errcodes(SEND)).toEqual([]);
  });

  test('when its first late answer takes 20 s, then the user hears the notice, and the answer with the next message', async () => {
    await start('subscription-unverified');
    expect(await chat.say('slow 20000', 15_000)).toMatchObject([{ via: 'passive', content: NOTICE }]);
    expect((await chat.say('hello', 1_000)).at(-1)).toMatchObject({
      via: 'passive',
      content: expect.stringMatching(/answer to slow 20000[^]*answer to hello/),
    });
    expect(errcodes(SEND)).toEqual([]);
  });
});

describe('given LATE_REPLY=auto and an account with the right', () => {
  test('when its first late answer is ready after 7 s, then it is sent', async () => {
    await start('service-verified');
    expect(errcodes(TYPING)).toEqual([40003]);
    expect(await chat.say('slow 7000', 5_000)).toMatchObject([
      { via: 'customer-service', content: 'answer to slow 7000' },
    ]);
  });

  test('when the API cannot be reached from the start, then the server answers, and a late answer loses nothing', async () => {
    await start('service-verified', { WECHAT_API_BASE_URLS: 'http://127.0.0.1:1' }, false);
    expect(await chat.say('hello')).toMatchObject([{ via: 'passive', content: 'answer to hello' }]);
    expect((await chat.say('slow 7000', 5_000)).at(-1)).toMatchObject({
      via: 'passive',
      content: 'answer to slow 7000',
    });
    expect((await chat.say('slow 20000', 15_000)).at(-1)).toMatchObject({ via: 'passive', content: NOTICE });
    expect((await chat.say('hello', 1_000)).at(-1)).toMatchObject({
      content: expect.stringContaining('answer to slow 20000'),
    });
  });
});
