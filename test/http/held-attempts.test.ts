import { afterEach, describe, expect, test } from '@jest/globals';
import { defineHandler } from '../../src/index.js';
import { calm } from '../sandbox/support/driven-sandbox.js';
import { eventually } from '../support/time/eventually.js';
import { createTestApp, FIXTURE_SETTINGS, type TestApp } from '../support/app/test-app.js';
import { pushAsWeChat } from '../support/wechat/seal.js';

const WECHAT_WAITS_MS = 5_000;
const NOTICE = 'soon';

let app: TestApp;
afterEach(() => app.close());

/** One attempt, given up after five seconds as WeChat does; undefined: nothing was said. */
async function attempt(msgId: string): Promise<string | undefined> {
  const { clock, port } = app;
  const second = Math.floor(clock.now() / 1_000);
  const wire = pushAsWeChat(
    '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
      '<CreateTime>1736670151</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content>' +
      `<MsgId>${msgId}</MsgId></xml>`,
    {
      mode: 'plaintext',
      account: {
        appId: FIXTURE_SETTINGS.WECHAT_APP_ID,
        token: FIXTURE_SETTINGS.WECHAT_TOKEN,
        encodingAesKey: '',
      },
      timestamp: String(second),
      nonce: `${msgId}${second}`,
      openId: 'oUser',
    },
  );
  const abort = new AbortController();
  const before = app.lines.length;
  let said: string | undefined;
  const answered = fetch(`http://127.0.0.1:${port}/wechat?${new URLSearchParams(wire.query).toString()}`, {
    method: 'POST',
    body: wire.body,
    headers: { 'content-type': 'text/xml' },
    signal: abort.signal,
  }).then(
    async (response) => (said = await response.text()),
    () => undefined,
  );
  const endMs = clock.now() + WECHAT_WAITS_MS;
  // Its log line, or its answer, says that the deadline did its work.
  await eventually(async () => {
    // Time does not overtake the disk.
    await calm();
    if (clock.now() < endMs) await clock.advance(100);
    expect(
      said !== undefined || app.lines.slice(before).some(({ fields }) => fields['stage'] === 'held'),
    ).toBe(true);
  });
  await clock.advance(Math.max(0, endMs - clock.now()));
  abort.abort();
  await answered;
  return said;
}

describe('given an account that only answers passively, and room for two failures', () => {
  test('when pushes come one after the other, then no third attempt is left without an answer in five minutes', async () => {
    app = await createTestApp({
      settings: { LATE_REPLY: 'passive-only', LATE_NOTICE: NOTICE, HELD_TRIES_PER_5_MIN: '1' },
      handlers: {
        slow: defineHandler({
          on: 'message.text',
          async handle(ctx) {
            const ms = ctx.push.msgId === '1' ? 7_000 : 12_000;
            await new Promise<void>((resume) => void app.clock.schedule(ms, resume));
            return ctx.reply.text('the answer');
          },
        }),
      },
    });
    // The first one makes one failure only: its second attempt hears the answer.
    expect(await attempt('1')).toBeUndefined();
    expect(await attempt('1')).toContain('the answer');
    // The second one has one left, so its second attempt hears the notice.
    expect(await attempt('2')).toBeUndefined();
    expect(await attempt('2')).toContain(NOTICE);
    expect(await attempt('3')).toContain(NOTICE);
    await app.clock.advance(5 * 60_000);
    expect(await attempt('4')).toBeUndefined();
  });
});
