import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { explainResponse } from '../../../src/cli/explain-response.js';
import { signPush, type SharedSecrets } from '../../../src/cli/sign-push.js';
import { createCipher } from '../../../src/protocol/cipher.js';
import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import { openEnvelope, parseCallbackQuery } from '../../../src/protocol/envelope.js';
import { toAppId } from '../../../src/protocol/ids.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const PUSH = readFileSync('fixtures/pushes/message.text.xml', 'utf8');
const secretsFor = (mode: CipherMode): SharedSecrets => ({
  appId: 'wx1',
  token: 'token',
  encodingAesKey: KEY,
  mode,
});
const sign = (mode: CipherMode, push = PUSH, secrets = secretsFor(mode)) =>
  signPush(
    { to: 'http://127.0.0.1:1/wechat?own=1', push, timestamp: '1736670151', nonce: '42', user: 'o' },
    secrets,
  );
const open = (mode: CipherMode, { url, body }: { url: URL; body: string }) =>
  openEnvelope(parseCallbackQuery(url.href), body, {
    appId: toAppId('wx1'),
    mode,
    tokens: ['token'],
    ciphers: [createCipher(KEY, toAppId('wx1'))],
  });

describe('given a push that was signed as WeChat does', () => {
  test.each(['plaintext', 'compatible', 'safe'] as const)(
    'when the server in %s mode opens it, then it finds the push',
    (mode) => {
      const signed = sign(mode);
      expect(open(mode, signed)).toMatchObject({
        text: PUSH,
        sealed: mode !== 'plaintext',
        timestamp: '1736670151',
      });
      expect(signed.body.includes('<Content>')).toBe(mode !== 'safe');
      expect(signed.url.searchParams.get('own')).toBe('1');
      expect(signed.url.searchParams.get('openid')).toBe('o');
    },
  );

  test('when the body came sealed already, then it is signed as it is', () => {
    const sealed = sign('safe').body;
    const again = sign('safe', sealed);
    expect(again.body).toBe(sealed);
    expect(open('safe', again).text).toBe(PUSH);
  });
});

describe('given the answer to a sealed push', () => {
  const reply = '<xml><Content><![CDATA[好]]></Content></xml>';
  const sealedReply = open('safe', sign('safe')).seal(reply, 1_736_670_152);

  test.each([
    ['docs/quick-start.md', 'en', '200 in 38 ms: '],
    ['docs/zh/quick-start.md', 'zh', '200，38 毫秒：'],
  ] as const)('when %s quotes it, then as it is printed', (page, language, head) => {
    const { explanation } = explainResponse(200, sealedReply, secretsFor('safe'));
    expect(readFileSync(page, 'utf8')).toContain(`\n${head}${explanation[language]}\n`);
  });

  test('when it is sealed, then its signature is checked and it is opened', () => {
    expect(explainResponse(200, sealedReply, secretsFor('safe'))).toMatchObject({ good: true, reply });
    const forged = sealedReply.replace(/(<MsgSignature><!\[CDATA\[)./, '$1x');
    expect(explainResponse(200, forged, secretsFor('safe'))).toMatchObject({
      good: false,
      explanation: {
        en: expect.stringMatching(/MsgSignature is wrong/),
        zh: expect.stringMatching(/MsgSignature 不对/),
      },
    });
    const otherKey = { ...secretsFor('safe'), encodingAesKey: KEY.split('').reverse().join('') };
    expect(explainResponse(200, sealedReply, otherKey)).toMatchObject({ good: false });
  });

  test.each([
    [200, 'success', 'safe', true],
    [200, '', 'safe', true],
    [200, reply, 'safe', false],
    [200, reply, 'compatible', true],
    [200, reply, 'plaintext', true],
    [200, '{"a":1}', 'plaintext', false],
    [200, ' success', 'plaintext', false],
    [403, '', 'plaintext', false],
    [503, '', 'plaintext', false],
  ] as const)('when it is %d %j in %s mode, then WeChat taking it is %s', (status, body, mode, good) => {
    expect(explainResponse(status, body, secretsFor(mode)).good).toBe(good);
  });
});
