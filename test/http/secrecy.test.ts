import { describe, expect, test } from '@jest/globals';
import { FIXTURE_ACCOUNT, sign } from '../support/seal.js';
import { createTestApp, demandSilence, FIXTURE_SETTINGS, USER_TEXT } from '../support/test-app.js';
import { cipherModes, post, textXml, wire } from '../support/wire-push.js';

/** What every app of these tests asks of its log when it closes. */
describe('given the demand that the log be silent', () => {
  test.each([
    ['the token', FIXTURE_ACCOUNT.token],
    ['the key', FIXTURE_ACCOUNT.encodingAesKey],
    ['the secret', FIXTURE_SETTINGS.WECHAT_APP_SECRET],
    ['a signature', sign('a', 'b', 'c')],
    ['what a user said', USER_TEXT],
  ])('when a line holds %s, then it fails', (_, secret) => {
    expect(() => demandSilence([JSON.stringify({ message: `x ${secret} y` })])).toThrow();
    expect(() => demandSilence(['{"message":"nothing"}'])).not.toThrow();
  });

  test.each(['logged', 'thrown'])('when an app %s it, then closing the app fails', async (how) => {
    const app = await createTestApp({
      handlers: {
        tells: {
          on: '*',
          handle({ log }) {
            if (how === 'logged') log.debug({ seen: { deep: USER_TEXT } }, 'x');
            else throw new Error('outer', { cause: new Error(USER_TEXT) });
          },
        },
      },
    });
    await post(app.http, wire(textXml()));
    await expect(app.close()).rejects.toThrow('must not');
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
