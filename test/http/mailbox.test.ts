import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { defineHandler } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { eventually } from '../support/time/eventually.js';
import { post, textXml, wire } from '../support/wechat/wire-push.js';

let app: TestApp;
afterEach(() => app.close());

const plaintext = { mode: 'plaintext' } as const;

/** Answers the question when all attempts of WeChat are over. */
const slow = defineHandler({
  on: 'message.text',
  async handle(ctx) {
    if (ctx.push.content === 'hello') return ctx.reply.text('hi');
    await new Promise<void>((resume) => void app.clock.schedule(20_000, resume));
    return ctx.reply.text('the kept answer');
  },
});

describe('given an account that may not send messages, and an answer in the mailbox', () => {
  test('when it went out with the reply to the next push, then the log says so once, and it counts as delivered', async () => {
    app = await createTestApp({ settings: { LATE_REPLY: 'passive-only' }, handlers: { slow } });
    const metrics = async () => (await request(app.app.admin).get('/metrics')).text;
    const asked = post(app.http, wire(textXml({ Content: 'question' }), plaintext)).then(
      () => undefined,
      () => undefined, // left open until WeChat hangs up
    );
    await eventually(async () => {
      await app.clock.advance(5_000);
      expect(await metrics()).toContain('wechat_late_jobs{state="mailbox"} 1');
    });
    await asked;
    const heard = await post(app.http, wire(textXml({ Content: 'hello' }), plaintext));
    expect(heard.text).toContain('the kept answer');
    const told = () => app.lines.filter(({ fields }) => fields['channel'] === 'mailbox');
    await eventually(() =>
      expect(told()).toMatchObject([
        {
          message: 'late answer delivered: it went out of the mailbox with the reply to a later push',
          fields: { stage: 'delivered' },
        },
      ]),
    );
    expect(await metrics()).toContain(
      'wechat_deliveries_total{account="default",channel="mailbox",result="delivered"} 1',
    );
  });
});
