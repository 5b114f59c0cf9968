import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../src/index.js';
import { text } from '../../src/protocol/push/read-field.js';
import { parseXml } from '../../src/protocol/xml.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

const counting = defineHandler({
  on: 'message.text',
  async handle(ctx) {
    const count = await ctx.session.update<number>((before = 0) => before + 1);
    return ctx.reply.text(String(count));
  },
});

let messages = 7_000_000_000;
const pushOf = async (user: string): Promise<string> => {
  const xml = textXml({ FromUserName: user, MsgId: String(messages++) });
  return text(parseXml((await post(app.http, wire(xml))).text), 'Content');
};

describe('given a handler that remembers', () => {
  test('when a user comes back, then what was remembered is there, and it is nobody else’s', async () => {
    app = await createTestApp({ handlers: { counting } });
    expect([await pushOf('oOne'), await pushOf('oOne'), await pushOf('oTwo')]).toEqual(['1', '2', '1']);
  });

  test('when pushes of one user come at once, then none of them forgets another', async () => {
    app = await createTestApp({ handlers: { counting } });
    const counts = await Promise.all(Array.from({ length: 8 }, () => pushOf('oOne')));
    expect(counts.sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  });
});
