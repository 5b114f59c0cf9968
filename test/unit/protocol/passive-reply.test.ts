import { describe, expect, test } from '@jest/globals';
import { createCipher } from '../../../src/protocol/cipher.js';
import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import { openEnvelope, parseCallbackQuery } from '../../../src/protocol/envelope.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { openPassiveReply } from '../../../src/protocol/open-passive-reply.js';
import { toPassiveXml } from '../../../src/protocol/passive-xml.js';
import { readPassiveReply } from '../../../src/protocol/read-passive-reply.js';
import type { Reply } from '../../../src/protocol/reply.js';
import { signPush } from '../../../src/protocol/sign-push.js';
import { FIXTURE_ACCOUNT } from '../../support/wechat/seal.js';

const { token } = FIXTURE_ACCOUNT;
const appId = toAppId(FIXTURE_ACCOUNT.appId);
const cipher = createCipher(FIXTURE_ACCOUNT.encodingAesKey, appId);
const ends = { user: 'oUser', account: 'gh_account' };
const article = { title: 't', description: '', picUrl: '', url: 'https://example.com/?a=1&b=2' };

const replies: readonly Reply[] = [
  { type: 'text', content: 'a ]]> b 你😄 <b>' },
  { type: 'text', content: '长'.repeat(3_000) },
  { type: 'image', mediaId: 'm' },
  { type: 'voice', mediaId: 'm' },
  { type: 'video', mediaId: 'm', title: 't' },
  { type: 'music', thumbMediaId: 'm', title: 't', description: 'd', musicUrl: 'u', hqMusicUrl: 'h' },
  { type: 'news', articles: [article, article] },
  { type: 'to-staff' },
  { type: 'to-staff', kfAccount: 'a@gh' },
];

describe.each(['plaintext', 'compatible', 'safe'] as const)(
  'given a server in %s mode',
  (mode: CipherMode) => {
    const keys = { token, mode, cipher: mode === 'plaintext' ? undefined : cipher };
    const secrets = { appId, mode, tokens: [token] as const, ciphers: mode === 'plaintext' ? [] : [cipher] };
    const unsigned = {
      to: 'http://127.0.0.1:1/callback?own=1',
      push: '<xml><ToUserName><![CDATA[gh_account]]></ToUserName><Content>hi <Encrypt>x</Encrypt></Content></xml>',
      ...ends,
      timestamp: '1736670151',
      nonce: '12345',
    };

    test('when a push is signed for it, then it opens as what it was, and the query of its URL stays', () => {
      const { url, body } = signPush(unsigned, keys);
      const opened = openEnvelope(parseCallbackQuery(url.href), body, secrets);
      expect(url.searchParams.get('own')).toBe('1');
      if (mode !== 'compatible') expect(opened.text).toBe(unsigned.push);
      expect(opened.sealed).toBe(mode !== 'plaintext');
    });

    test.each(replies.map((reply) => [reply.type, reply] as const))(
      'when it replies with %s, then its answer is read as that reply',
      (_, reply) => {
        const { url, body } = signPush({ ...unsigned, push: '<xml><A>1</A></xml>' }, keys);
        const envelope = openEnvelope(parseCallbackQuery(url.href), body, secrets);
        const opened = openPassiveReply(envelope.seal(toPassiveXml(reply, ends, 1), 1), keys);
        if (opened.type !== 'reply') throw new Error(JSON.stringify(opened));
        expect(readPassiveReply(opened.fields, { ...ends, toMessage: false })).toEqual({ ok: true, reply });
      },
    );

    test.each(['', 'success'])('when it answers %j, then that is silence', (body) => {
      expect(openPassiveReply(body, keys)).toEqual({ type: 'silence' });
    });
  },
);
