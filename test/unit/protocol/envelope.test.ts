import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createCipher } from '../../../src/protocol/cipher.js';
import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import {
  answerHandshake,
  openEnvelope,
  parseCallbackQuery,
  type CallbackQuery,
  type CallbackSecrets,
} from '../../../src/protocol/envelope.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { PushRefused } from '../../../src/protocol/refusal.js';
import { parseXml as parseFields } from '../../../src/protocol/xml.js';
import { V1, V3, V5, V6 } from '../../support/wechat/published-vectors.js';
import {
  FIXTURE_ACCOUNT,
  PREVIOUS_FIXTURE_KEY,
  encrypt,
  handshakeAsWeChat,
  pushAsWeChat,
  sign,
  type TestAccount,
} from '../../support/wechat/seal.js';

const TEXT_PUSH =
  '<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[007 😀]]></Content>\n</xml>';

function secretsOf(mode: CipherMode, account: TestAccount = FIXTURE_ACCOUNT): CallbackSecrets {
  const appId = toAppId(account.appId);
  return { appId, mode, tokens: [account.token], ciphers: [createCipher(account.encodingAesKey, appId)] };
}

/** The sealed answer's texts by name: an envelope has no other fields. */
function textsOf(xml: string): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseFields(xml)))
    texts[name] = typeof value === 'string' ? value : '';
  return texts;
}

/** Both keys of the sealed fixtures, as during a rotation. */
const ROTATING: CallbackSecrets = {
  ...secretsOf('safe'),
  ciphers: [FIXTURE_ACCOUNT.encodingAesKey, PREVIOUS_FIXTURE_KEY].map((key) =>
    createCipher(key, toAppId(FIXTURE_ACCOUNT.appId)),
  ),
};

/** The reason of a refusal; `undefined` if nothing was thrown. Anything else thrown fails the test. */
function refusalOf(open: () => unknown): string | undefined {
  try {
    open();
    return undefined;
  } catch (error) {
    if (!(error instanceof PushRefused)) throw error;
    return error.reason;
  }
}

const MODES: readonly CipherMode[] = ['plaintext', 'compatible', 'safe'];
const SEALED_MODES = ['compatible', 'safe'] as const;

describe('given a push of each mode', () => {
  test.each(MODES)('when a %s push comes, then it opens and says what was proved', (mode) => {
    const { query, body } = pushAsWeChat(TEXT_PUSH, { mode });
    const opened = openEnvelope(query, body, secretsOf(mode));
    expect(opened).toMatchObject({
      text: TEXT_PUSH,
      timestamp: query['timestamp'],
      nonce: query['nonce'],
      signature: query[mode === 'plaintext' ? 'signature' : 'msg_signature'],
      sealed: mode !== 'plaintext',
    });
  });

  test('when it came sealed, then the outer account is told', () => {
    const { query, body } = pushAsWeChat(TEXT_PUSH, { toUserName: 'gh_outer' });
    expect(openEnvelope(query, body, secretsOf('safe')).outerAccount).toBe('gh_outer');
  });

  test('when a compatible push lies in its plain half, then only the sealed half is used', () => {
    const { query, body } = pushAsWeChat(TEXT_PUSH, { mode: 'compatible' });
    const opened = openEnvelope(query, body.replace('007', 'forged'), secretsOf('compatible'));
    expect(opened.text).toBe(TEXT_PUSH);
  });

  test('when the three-part signature of a sealed push is wrong, then it does not matter', () => {
    const { query, body } = pushAsWeChat(TEXT_PUSH);
    expect(openEnvelope({ ...query, signature: 'x' }, body, secretsOf('safe')).text).toBe(TEXT_PUSH);
  });
});

describe('given the published examples', () => {
  test('when a JSON envelope comes, then it opens', () => {
    const query = { timestamp: V3.timestamp, nonce: V3.nonce, msg_signature: V3.msgSignature };
    const body = JSON.stringify({ ToUserName: 'gh_97417a04a28d', Encrypt: V3.encrypt });
    const opened = openEnvelope(query, `\uFEFF\n${body}`, secretsOf('safe', V3.account));
    expect(opened).toMatchObject({ text: V3.text, outerAccount: 'gh_97417a04a28d' });
  });

  test('when an XML envelope comes, then it opens, with or without blanks and CDATA', () => {
    for (const { account, timestamp, nonce, msgSignature, encrypt: sealed } of [V5, V6]) {
      const query = { timestamp, nonce, msg_signature: msgSignature };
      for (const encrypted of [sealed, `\n <![CDATA[${sealed}]]> \n`, ` ${sealed}\n`]) {
        const body = `<xml><ToUserName>gh_1</ToUserName><Encrypt>${encrypted}</Encrypt></xml>`;
        expect(openEnvelope(query, body, secretsOf('safe', account)).text).toContain('<MsgType>');
      }
    }
  });
});

describe('given the sealed fixtures', () => {
  const index = readFileSync('fixtures/INDEX.tsv', 'utf8').split('\n');

  function fixture(file: string): { query: CallbackQuery; body: string } {
    const row = index.find((line) => line.startsWith(`${file}\t`)) ?? '';
    const query = parseCallbackQuery(`/?${row.slice(row.indexOf('query: ') + 7)}`);
    return { query, body: readFileSync(`fixtures/pushes/${file}`, 'utf8') };
  }

  test.each([
    ['message.text.safe.xml', 'safe', '<Content><![CDATA[加密 <b>&</b> 😀]]></Content>'],
    ['message.text.compat.xml', 'compatible', '<Content><![CDATA[加密 <b>&</b> 😀]]></Content>'],
    ['message.text.safe-oldkey.xml', 'safe', '<MsgType><![CDATA[text]]></MsgType>'],
    ['message.text.safe-pad32.xml', 'safe', '<MsgType><![CDATA[text]]></MsgType>'],
    ['event.subscribe.safe.xml', 'safe', '<Event><![CDATA[subscribe]]></Event>'],
  ] as const)('when %s comes, then it opens', (file, mode, part) => {
    const { query, body } = fixture(file);
    expect(openEnvelope(query, body, { ...ROTATING, mode }).text).toContain(part);
  });

  test.each([
    ['message.text.safe-wrong-appid.xml', 'foreign_app_id'],
    ['message.text.safe-bad-signature.xml', 'signature_mismatch'],
    ['message.text.xml', 'signature_missing'],
  ])('when %s comes in safe mode, then it is refused as %s', (file, reason) => {
    const { query, body } = fixture(file);
    expect(refusalOf(() => openEnvelope(query, body, ROTATING))).toBe(reason);
  });

  test('when the previous key is no longer configured, then what it sealed is refused', () => {
    const { query, body } = fixture('message.text.safe-oldkey.xml');
    expect(refusalOf(() => openEnvelope(query, body, secretsOf('safe')))).toBe('envelope_undecryptable');
  });
});

describe('given a request that does not fit the configured mode', () => {
  test.each(SEALED_MODES)('when plaintext comes in %s mode, then it is not sealed', (mode) => {
    const { query } = pushAsWeChat(TEXT_PUSH, { mode });
    const empty = TEXT_PUSH.replace('</xml>', '<Encrypt></Encrypt></xml>');
    const twice = TEXT_PUSH.replace('</xml>', '<Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>');
    const nested = TEXT_PUSH.replace('</xml>', '<Encrypt><a>b</a></Encrypt></xml>');
    for (const body of [TEXT_PUSH, empty, twice, nested, '{"Encrypt":1}', '{}', '<xml></xml>']) {
      expect(refusalOf(() => openEnvelope(query, body, secretsOf(mode)))).toBe('not_sealed');
    }
  });

  test('when encrypt_type denies what the configuration says, then the configuration wins', () => {
    const plain = pushAsWeChat(TEXT_PUSH, { mode: 'plaintext' });
    expect(refusalOf(() => openEnvelope({ ...plain.query, encrypt_type: 'raw' }, plain.body, ROTATING))).toBe(
      'not_sealed',
    );
    const sealed = pushAsWeChat(TEXT_PUSH);
    expect(openEnvelope({ ...sealed.query, encrypt_type: 'raw' }, sealed.body, ROTATING).sealed).toBe(true);
  });

  test('when a sealed body comes in plaintext mode, then that is said', () => {
    const xml = pushAsWeChat(TEXT_PUSH);
    const json = JSON.stringify({ ToUserName: 'gh_1', Encrypt: 'abc' });
    for (const body of [xml.body, xml.body.replace('<Encrypt>', '<Encrypt >'), json]) {
      expect(refusalOf(() => openEnvelope(xml.query, body, secretsOf('plaintext')))).toBe(
        'sealed_unexpectedly',
      );
    }
  });

  test('when a plaintext push only talks of Encrypt, holds an empty one or a second copy, then it opens', () => {
    const { query } = pushAsWeChat(TEXT_PUSH, { mode: 'plaintext' });
    const bodies = [
      TEXT_PUSH.replace('007', '<Encrypt>x</Encrypt>'),
      '<xml><A>1</A><Encrypt></Encrypt></xml>',
      pushAsWeChat(TEXT_PUSH, { mode: 'compatible' }).body,
    ];
    for (const body of bodies) expect(openEnvelope(query, body, secretsOf('plaintext')).text).toBe(body);
  });
});

describe('given parameters that are wrong', () => {
  const needed = (mode: CipherMode) => [
    'timestamp',
    'nonce',
    mode === 'plaintext' ? 'signature' : 'msg_signature',
  ];

  test.each(MODES)(
    'when one is absent, empty, repeated or no text in %s mode, then it is missing',
    (mode) => {
      const { query, body } = pushAsWeChat(TEXT_PUSH, { mode });
      for (const name of needed(mode)) {
        for (const value of [undefined, '', [query[name] ?? ''], [query[name] ?? '', query[name] ?? '']]) {
          const refusal = refusalOf(() => openEnvelope({ ...query, [name]: value }, body, secretsOf(mode)));
          expect(refusal).toBe('signature_missing');
        }
      }
    },
  );

  test.each(MODES)('when any of them is another in %s mode, then the signature does not match', (mode) => {
    const { query, body } = pushAsWeChat(TEXT_PUSH, { mode });
    for (const name of needed(mode)) {
      const value = query[name] ?? '';
      for (const other of [`${value}0`, value.slice(1), ` ${value}`]) {
        const refusal = refusalOf(() => openEnvelope({ ...query, [name]: other }, body, secretsOf(mode)));
        expect(refusal).toBe('signature_mismatch');
      }
    }
    const name = mode === 'plaintext' ? 'signature' : 'msg_signature';
    const upper = { ...query, [name]: query[name]?.toUpperCase() };
    expect(refusalOf(() => openEnvelope(upper, body, secretsOf(mode)))).toBe('signature_mismatch');
  });

  test('when the body is unreadable, then that is the reason', () => {
    const { query } = pushAsWeChat(TEXT_PUSH);
    for (const body of ['', 'hello', '<xml>', '{', '{"Encrypt":', '<!DOCTYPE a><xml></xml>']) {
      expect(refusalOf(() => openEnvelope(query, body, ROTATING))).toBe('body_unreadable');
    }
  });
});

describe('given a sealed push that was damaged', () => {
  const sealed = encrypt(TEXT_PUSH, FIXTURE_ACCOUNT);

  test('when any bit of the ciphertext is flipped on the way, then the signature tells', () => {
    const { query, body } = pushAsWeChat(TEXT_PUSH, { encrypt: sealed });
    const bytes = Buffer.from(sealed, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const sent = body.replace(sealed, damaged.toString('base64'));
      expect(refusalOf(() => openEnvelope(query, sent, ROTATING))).toBe('signature_mismatch');
    }
  });

  test('when the damaged one is signed again, then nothing but a refusal or a text comes out', () => {
    const bytes = Buffer.from(sealed, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { query, body } = pushAsWeChat(TEXT_PUSH, { encrypt: damaged.toString('base64') });
      expect([undefined, 'envelope_undecryptable', 'foreign_app_id']).toContain(
        refusalOf(() => openEnvelope(query, body, ROTATING)),
      );
    }
  });

  test('when a cut one is signed again, then it does not open', () => {
    const digits = sealed.replace(/=+$/, '').length;
    for (let length = 1; length < digits; length++) {
      const { query, body } = pushAsWeChat(TEXT_PUSH, { encrypt: sealed.slice(0, length) });
      expect(refusalOf(() => openEnvelope(query, body, ROTATING))).toBe('envelope_undecryptable');
    }
  });
});

describe('given a rotation', () => {
  test('when the previous callback token signs, then it is accepted and signs the answer, too', () => {
    const account = { ...FIXTURE_ACCOUNT, token: 'previousToken' };
    const secrets: CallbackSecrets = { ...ROTATING, tokens: [FIXTURE_ACCOUNT.token, account.token] };
    const { query, body } = pushAsWeChat(TEXT_PUSH, { account });
    const answer = textsOf(openEnvelope(query, body, secrets).seal('<xml></xml>', 1736670152));
    const parts = [account.token, answer['TimeStamp'], answer['Nonce'], answer['Encrypt']].map(
      (part) => part ?? '',
    );
    expect(answer['MsgSignature']).toBe(sign(...parts));
  });

  test('when the previous key sealed, then it seals the answer, too', () => {
    const account = { ...FIXTURE_ACCOUNT, encodingAesKey: PREVIOUS_FIXTURE_KEY };
    const { query, body } = pushAsWeChat(TEXT_PUSH, { account });
    const answer = textsOf(openEnvelope(query, body, ROTATING).seal('<xml>1</xml>', 1736670152));
    const previous = createCipher(PREVIOUS_FIXTURE_KEY, toAppId(account.appId));
    expect(previous.open(answer['Encrypt'] ?? '')).toBe('<xml>1</xml>');
  });

  test('when one key finds a foreign AppID, then that is the reason, whichever key it is', () => {
    for (const encodingAesKey of [FIXTURE_ACCOUNT.encodingAesKey, PREVIOUS_FIXTURE_KEY]) {
      const { query, body } = pushAsWeChat(TEXT_PUSH, {
        account: { ...FIXTURE_ACCOUNT, appId: 'wxother', encodingAesKey },
      });
      expect(refusalOf(() => openEnvelope(query, body, ROTATING))).toBe('foreign_app_id');
    }
  });

  test('when no key is configured, then nothing opens', () => {
    const { query, body } = pushAsWeChat(TEXT_PUSH);
    expect(refusalOf(() => openEnvelope(query, body, { ...ROTATING, ciphers: [] }))).toBe(
      'envelope_undecryptable',
    );
  });
});

describe('given an answer to seal', () => {
  const REPLY = '<xml><Content><![CDATA[好 😀]]></Content></xml>';

  test.each(SEALED_MODES)(
    'when the mode is %s, then the answer is an envelope that WeChat can prove',
    (mode) => {
      const { query, body } = pushAsWeChat(TEXT_PUSH, { mode });
      const answer = openEnvelope(query, body, secretsOf(mode)).seal(REPLY, 1713424427);
      expect(answer).toMatch(
        /^<xml><Encrypt><!\[CDATA\[[A-Za-z0-9+/=]+\]\]><\/Encrypt><MsgSignature><!\[CDATA\[[0-9a-f]{40}\]\]><\/MsgSignature><TimeStamp>1713424427<\/TimeStamp><Nonce><!\[CDATA\[1820486341\]\]><\/Nonce><\/xml>$/,
      );
      const {
        Encrypt: sealed = '',
        MsgSignature: signature,
        TimeStamp: timestamp = '',
        Nonce: nonce = '',
      } = textsOf(answer);
      expect(signature).toBe(sign(FIXTURE_ACCOUNT.token, timestamp, nonce, sealed));
      expect(secretsOf(mode).ciphers[0]?.open(sealed)).toBe(REPLY);
    },
  );

  test('when the mode is plaintext, then the answer stays as it is', () => {
    const { query, body } = pushAsWeChat(TEXT_PUSH, { mode: 'plaintext' });
    expect(openEnvelope(query, body, secretsOf('plaintext')).seal(REPLY, 1)).toBe(REPLY);
  });

  test.each(MODES)('when the answer is silence in %s mode, then it is not sealed', (mode) => {
    const { query, body } = pushAsWeChat(TEXT_PUSH, { mode });
    const opened = openEnvelope(query, body, secretsOf(mode));
    expect([opened.seal('success', 1), opened.seal('', 1)]).toEqual(['success', '']);
  });

  test('when the nonce of the push is not plain, then the answer has one of its own', () => {
    for (const nonce of [']]>', '<a>', 'ä', ' 1', 'x'.repeat(65)]) {
      const { query, body } = pushAsWeChat(TEXT_PUSH, { nonce });
      const answer = textsOf(openEnvelope(query, body, ROTATING).seal(REPLY, 1713424427));
      expect(answer['Nonce']).toBe('1713424427');
    }
  });
});

describe('given the handshake', () => {
  test.each(MODES)('when it is signed in %s mode, then the echostr comes back as it was', (mode) => {
    const secrets = secretsOf(mode);
    for (const echostr of [V1.echostr, '14324296167175543775', '007', ' a+b ', '<script>', '中文']) {
      expect(answerHandshake(handshakeAsWeChat(echostr), secrets)).toBe(echostr);
    }
  });

  test('when it is the published one, then it is answered', () => {
    const { token, signature, timestamp, nonce, echostr } = V1;
    const secrets = { ...secretsOf('safe'), tokens: [token] as const };
    expect(answerHandshake({ signature, timestamp, nonce, echostr }, secrets)).toBe(echostr);
  });

  test('when it is signed by the previous callback token, then it is answered', () => {
    const query = handshakeAsWeChat('1', { ...FIXTURE_ACCOUNT, token: 'previousToken' });
    expect(answerHandshake(query, { ...ROTATING, tokens: ['current', 'previousToken'] })).toBe('1');
  });

  test('when anything is missing or wrong, then it is refused', () => {
    const query = handshakeAsWeChat('1');
    for (const name of ['signature', 'timestamp', 'nonce', 'echostr']) {
      for (const value of [undefined, '', ['1', '2']]) {
        expect(refusalOf(() => answerHandshake({ ...query, [name]: value }, ROTATING))).toBe(
          'signature_missing',
        );
      }
    }
    expect(refusalOf(() => answerHandshake({ ...query, nonce: '2' }, ROTATING))).toBe('signature_mismatch');
  });
});

describe('given any refusal', () => {
  test('when its message is read, then no secret stands in it', () => {
    const { query, body } = pushAsWeChat(TEXT_PUSH);
    const messages: string[] = [];
    for (const attempt of [
      () => openEnvelope({ ...query, msg_signature: 'x' }, body, ROTATING),
      () => openEnvelope(query, TEXT_PUSH, ROTATING),
      () => openEnvelope(query, body, secretsOf('plaintext')),
      () => openEnvelope(query, body, { ...ROTATING, ciphers: ROTATING.ciphers.slice(1) }),
    ]) {
      try {
        attempt();
      } catch (error) {
        messages.push(String(error));
      }
    }
    expect(messages).toHaveLength(4);
    const told = messages.join('\n');
    const { token, encodingAesKey } = FIXTURE_ACCOUNT;
    for (const secret of [token, encodingAesKey, PREVIOUS_FIXTURE_KEY, query['msg_signature'] ?? '']) {
      expect(told).not.toContain(secret);
    }
  });
});
