import { describe, expect, test } from '@jest/globals';
import { SANDBOX_ACCOUNT as account } from '../../../../src/sandbox/default-account.js';
import { judge } from '../../../../src/sandbox/push/judge.js';
import type { PreparedPush } from '../../../../src/sandbox/push/prepare.js';
import type { Mode } from '../../../../src/sandbox/types/types.js';
import { cdata } from '../../../../src/sandbox/wire/push-xml.js';
import { seal } from '../../../../src/sandbox/wire/envelope.js';
import { signatureSteps } from '../../../../src/sandbox/wire/sign.js';
import { answeredAttempt } from '../../../support/wechat/answered-attempt.js';

const push: PreparedPush = {
  kind: 'message.text',
  follower: 'oUser',
  createTime: 1,
  msgId: '1',
  plainBody: '',
  mode: 'safe',
  hostile: undefined,
};

const verdictOn = (body: string, mode: Mode = 'safe', kind = 'message.text') =>
  judge({ ...push, mode, kind }, answeredAttempt(body), account, 5);

const plain = (payload: string): string =>
  `<xml><ToUserName>oUser</ToUserName><FromUserName>${account.originalId}</FromUserName>` +
  `<CreateTime>1</CreateTime>${payload}</xml>`;
const text = plain('<MsgType>text</MsgType><Content><![CDATA[hi]]></Content>');

function sealed(
  inner: string,
  spoil: { appId?: string; key?: string; signature?: string; nonce?: string } = {},
) {
  const encrypt = seal(inner, spoil.key ?? account.encodingAesKey, spoil.appId ?? account.appId);
  const [timestamp, nonce] = ['1700000000', spoil.nonce ?? 'n1'];
  const signature =
    spoil.signature ?? signatureSteps('msg_signature', [account.token, timestamp, nonce, encrypt]).sha1;
  return (
    `<xml><Encrypt>${cdata(encrypt)}</Encrypt><MsgSignature>${cdata(signature)}</MsgSignature>` +
    `<TimeStamp>${timestamp}</TimeStamp><Nonce>${cdata(nonce)}</Nonce></xml>`
  );
}

describe('given the answer to a push in safe mode', () => {
  test('when the reply is sealed as it should be, then it is shown, and what was inside is kept', () => {
    expect(verdictOn(sealed(text))).toMatchObject({
      openedBody: text,
      verdict: { outcome: 'reply', reply: { type: 'text', content: 'hi' } },
    });
  });

  test.each([
    ['a plain reply', text, 'unsealed'],
    ['another signature', sealed(text, { signature: '0'.repeat(40) }), 'bad-msg-signature'],
    ['an empty nonce', sealed(text, { nonce: '' }), 'missing-field'],
    ['another key', sealed(text, { key: 'B'.repeat(43) }), 'bad-envelope'],
    ['another AppID', sealed(text, { appId: 'wxother' }), 'bad-envelope'],
    ['words inside', sealed('hello'), 'not-xml'],
    ['an empty text inside', sealed(text.replace('hi', '')), 'empty-content'],
  ])('when it is %s, then the cause is named', (_what, body, cause) => {
    expect(verdictOn(body).verdict).toMatchObject({ outcome: 'failure', cause });
  });

  test.each(['', 'success'])('when it is %j, then nothing is shown', (body) => {
    expect(verdictOn(body).verdict.outcome).toBe('silent');
  });
});

describe('given the answer to a push in compatible mode', () => {
  test.each([
    ['plain', text],
    ['sealed', sealed(text)],
  ])('when the reply is %s, then it is shown', (_how, body) => {
    expect(verdictOn(body, 'compatible').verdict.outcome).toBe('reply');
  });
});

describe('given replies of every type', () => {
  const article = '<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>';
  const news = (count: number): string =>
    plain(
      `<MsgType>news</MsgType><ArticleCount>${count}</ArticleCount><Articles>${article.repeat(count)}</Articles>`,
    );

  test('when news answer a message, then one article is shown, and up to eight after an event', () => {
    const shown = (kind: string) => verdictOn(news(9), 'plaintext', kind).verdict.reply;
    expect(shown('message.text')).toMatchObject({ articles: [{ title: 't', url: 'u' }] });
    expect(shown('event.CLICK')).toMatchObject({ articles: { length: 8 } });
  });

  test.each([
    ['image', '<MsgType>image</MsgType><Image><MediaId>m</MediaId></Image>', { type: 'image', mediaId: 'm' }],
    ['voice', '<MsgType>voice</MsgType><Voice><MediaId>m</MediaId></Voice>', { type: 'voice' }],
    ['video', '<MsgType>video</MsgType><Video><MediaId>m</MediaId></Video>', { type: 'video', title: '' }],
    ['music', '<MsgType>music</MsgType><Music><ThumbMediaId>m</ThumbMediaId></Music>', { type: 'music' }],
    ['staff', '<MsgType>transfer_customer_service</MsgType>', { type: 'transfer_customer_service' }],
  ])('when it is %s, then that is shown', (_type, payload, reply) => {
    expect(verdictOn(plain(payload), 'plaintext').verdict).toMatchObject({ outcome: 'reply', reply });
  });

  test.each([
    ['<MsgType>image</MsgType><MediaId>m</MediaId>', 'missing-field'],
    ['<MsgType>music</MsgType><Music><Title>t</Title></Music>', 'missing-field'],
    ['<MsgType>news</MsgType><ArticleCount>1</ArticleCount>', 'missing-field'],
    ['<MsgType>Text</MsgType><Content>x</Content>', 'unknown-type'],
  ])('when %s, then the cause is %s', (payload, cause) => {
    expect(verdictOn(plain(payload), 'plaintext').verdict.cause).toBe(cause);
  });
});
