import { describe, expect, test } from '@jest/globals';
import type { HandlersByName } from '../../src/embed.js';
import type { Push } from '../../src/index.js';
import { eventually } from '../support/time/eventually.js';
import { anything } from '../support/app/handler-runtime.js';
import { FIXTURE_ACCOUNT, sign } from '../support/wechat/seal.js';
import { createTestApp, assertSilence, FIXTURE_SETTINGS, USER_TEXT } from '../support/app/test-app.js';
import { cipherModes, post, textXml, wire } from '../support/wechat/wire-push.js';

/** Every app of these tests checks its log at close; this tests that check. */
describe('given the demand that the log be silent', () => {
  test.each([
    ['the token', FIXTURE_ACCOUNT.token],
    ['the key', FIXTURE_ACCOUNT.encodingAesKey],
    ['the secret', FIXTURE_SETTINGS.WECHAT_APP_SECRET],
    ['a signature', sign('a', 'b', 'c')],
    ['what a user said', USER_TEXT],
  ])('when a line holds %s, then it fails', (_, secret) => {
    expect(() => assertSilence([JSON.stringify({ message: `x ${secret} y` })])).toThrow();
    expect(() => assertSilence(['{"message":"nothing"}'])).not.toThrow();
  });

  test('when an app logs it, then closing the app fails', async () => {
    const app = await createTestApp({
      handlers: { tells: { on: '*', handle: ({ log }) => log.debug({ seen: { deep: USER_TEXT } }, 'x') } },
    });
    await post(app.http, wire(textXml()));
    await expect(app.close()).rejects.toThrow('must not');
  });
});

describe('given code of handlers that throws what users typed', () => {
  const parse = ({ push }: { push: Push }): unknown =>
    JSON.parse(push.kind === 'message.text' ? push.content : '');
  const wrapped = (run: () => unknown): void => {
    try {
      run();
    } catch (cause) {
      throw new Error(`outer ${USER_TEXT}`, { cause });
    }
  };
  test.each<[string, HandlersByName]>([
    ['a handler', { tells: { on: '*', handle: (ctx) => void parse(ctx) } }],
    ['a handler that waits', { tells: { on: '*', handle: async (ctx) => wrapped(() => parse(ctx)) } }],
    ['a handler, as a bare text', { tells: { on: '*', handle: () => Promise.reject(anything(USER_TEXT)) } }],
    [
      'a handler’s own log line',
      { tells: { on: '*', handle: ({ log }) => log.warn({ err: new Error(USER_TEXT) }, 'x') } },
    ],
    ['`when`', { tells: { on: '*', when: (push) => parse({ push }), handle: () => undefined } }],
    ['an observer', { tells: { on: '*', observe: (ctx) => wrapped(() => parse(ctx)) } }],
    ['an observer that waits', { tells: { on: '*', observe: async (ctx) => parse(ctx) } }],
    [
      '`later`',
      { tells: { on: '*', handle: (ctx) => ctx.defer(1), later: async (ctx) => wrapped(() => parse(ctx)) } },
    ],
  ])('when it is %s, then the log names the place and not the text', async (_, handlers) => {
    const app = await createTestApp({ handlers });
    const { status } = await post(app.http, wire(textXml()));
    expect(status).toBe(200);
    await eventually(() => {
      const { err } = app.lines.find(({ fields }) => 'err' in fields)?.fields ?? {};
      expect(err).toMatchObject({ message: expect.stringContaining('withheld') });
      expect(JSON.stringify(err)).toMatch(/log-redaction\.test|a thrown string/);
    });
    await app.close(); // fails if a line tells
  });
});

describe.each(cipherModes)('given pushes of every fate in %s mode', (mode) => {
  test('when they are logged from debug up, then the lines say enough, and no secret', async () => {
    const app = await createTestApp({
      handlers: { echo: { on: '*', handle: ({ push, reply }) => reply.text(push.raw.slice(0, 100)) } },
      settings: { WECHAT_CIPHER_MODE: mode },
    });
    const good = wire(textXml(), { mode });
    const tries = [
      good,
      good,
      wire(textXml(), { mode, timestamp: '1' }),
      { ...good, body: good.body.slice(0, -9) },
      { ...good, body: '' },
      { ...good, query: {} },
      { ...good, query: { ...good.query, signature: sign('x'), msg_signature: sign('x') } },
      wire(textXml(), { mode: mode === 'plaintext' ? 'safe' : 'plaintext' }),
      wire(`<xml><Content>${USER_TEXT}</Content></xml>`, { mode }),
      wire(`<xml><Content>${USER_TEXT}</MsgType></xml>`, { mode: mode === 'compatible' ? 'safe' : mode }),
    ];
    const statuses: number[] = [];
    for (const push of tries) statuses.push((await post(app.http, push)).status);
    expect(statuses).toEqual([200, 200, 403, 403, 403, 403, 403, 403, 200, 403]);
    expect(app.reasons()).toHaveLength(7);
    expect(app.lines.length).toBeGreaterThanOrEqual(10);
    await app.close(); // fails if a line tells
  });
});
