import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { FIXTURE_ACCOUNT, handshakeAsWeChat, sign } from '../support/wechat/seal.js';
import { createTestApp, type TestApp } from '../support/app/test-app.js';
import { cipherModes, face, REFUSAL } from '../support/wechat/wire-push.js';

const ECHO = '14324296167175543775';

describe.each(cipherModes)('given a callback in %s mode', (mode) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ settings: { WECHAT_CIPHER_MODE: mode } });
  });
  afterAll(() => app.close());
  const get = (query: string | Record<string, string>) => request(app.http).get('/wechat').query(query);

  test.each([
    ['digits beyond 2^63', ECHO],
    ['what looks like a number', '007'],
    ['markup', '<script>alert(1)</script>'],
    ['characters that travel percent-encoded', 'a b+c&d=e%/?#"你😄'],
  ])('when the echostr is %s, then it comes back byte for byte, as plain text', async (_, echostr) => {
    const response = await get(handshakeAsWeChat(echostr));
    expect(face(response)).toEqual({
      status: 200,
      headers: { ...REFUSAL.headers, 'content-length': String(Buffer.byteLength(echostr)) },
      text: echostr,
    });
  });

  test('when the URL was saved with a query of its own, then both are read', async () => {
    const query = new URLSearchParams(handshakeAsWeChat(ECHO)).toString();
    expect((await get(`source=console&${query}`)).text).toBe(ECHO);
  });

  const good = handshakeAsWeChat(ECHO);
  const { signature, ...unsigned } = good;
  const text = (query: Record<string, string>) => new URLSearchParams(query).toString();
  test.each([
    ['no query at all', '', 'signature_missing'],
    ['no signature', text(unsigned), 'signature_missing'],
    ['an empty signature', text({ ...good, signature: '' }), 'signature_missing'],
    ['a wrong signature', text({ ...good, signature: sign('x') }), 'signature_mismatch'],
    ['an upper-case signature', text({ ...good, signature: signature!.toUpperCase() }), 'signature_mismatch'],
    ['a signature with one digit more', text({ ...good, signature: `${signature}0` }), 'signature_mismatch'],
    ['the signature twice', `${text(good)}&signature=${signature}`, 'signature_missing'],
    ['a wrong signature, then the right one', `signature=${sign('x')}&${text(good)}`, 'signature_missing'],
    ['a second signature under an encoded name', `${text(good)}&%73ignature=x`, 'signature_missing'],
    ['a signature as an array', `${text(unsigned)}&signature[]=${signature}`, 'signature_missing'],
    ['a signature that is no UTF-8', `${text(unsigned)}&signature=%ff`, 'signature_missing'],
    ['an openid that is half encoded', `${text(good)}&openid=%e4%`, 'signature_missing'],
    ['no timestamp', text({ ...good, timestamp: '' }), 'signature_missing'],
    ['the nonce twice', `${text(good)}&nonce=1`, 'signature_missing'],
    ['no echostr', text({ ...good, echostr: '' }), 'signature_missing'],
    [
      'a token that is not ours',
      text(handshakeAsWeChat(ECHO, { ...FIXTURE_ACCOUNT, token: 'other' })),
      'signature_mismatch',
    ],
    [
      'a timestamp of yesterday',
      text(handshakeAsWeChat(ECHO, FIXTURE_ACCOUNT, '1736583751')),
      'timestamp_stale',
    ],
    [
      'a timestamp that is no number',
      text(handshakeAsWeChat(ECHO, FIXTURE_ACCOUNT, 'now')),
      'timestamp_stale',
    ],
  ])('when there is %s, then it is refused like everything else', async (_, query, reason) => {
    const response = await get(query);
    expect(face(response)).toEqual(REFUSAL);
    expect(app.reasons().at(-1)).toBe(reason);
  });
});

describe('given a token that was changed', () => {
  test('when the handshake is signed with the previous one, then it is answered', async () => {
    const app = await createTestApp({ settings: { WECHAT_PREVIOUS_TOKEN: 'before' } });
    const query = handshakeAsWeChat(ECHO, { ...FIXTURE_ACCOUNT, token: 'before' });
    const response = await request(app.http).get('/wechat').query(query);
    expect([response.status, response.text]).toEqual([200, ECHO]);
    await app.close();
  });
});
