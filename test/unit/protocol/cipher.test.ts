import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import WXBizMsgCrypt from 'wechat-crypto';
import { createCipher } from '../../../src/protocol/cipher.js';
import { isEncodingAesKey } from '../../../src/protocol/encoding-aes-key.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { PushRefused } from '../../../src/protocol/refusal.js';
import { V3, V4, V5, V5_REPLY, V6 } from '../../support/wechat/published-vectors.js';
import {
  FIXTURE_ACCOUNT,
  PREVIOUS_FIXTURE_KEY,
  decryptRaw,
  encrypt,
  encryptRaw,
  type TestAccount,
} from '../../support/wechat/seal.js';

const cipherOf = (account: TestAccount) => createCipher(account.encodingAesKey, toAppId(account.appId));
const ours = cipherOf(FIXTURE_ACCOUNT);
const reference = new WXBizMsgCrypt('unused', FIXTURE_ACCOUNT.encodingAesKey, FIXTURE_ACCOUNT.appId);

/** Decrypts a ciphertext: returns the text, or the reason of the refusal. Anything else thrown fails the test. */
function outcomeOf(sealed: string, cipher = ours): { text: string } | { refused: string } {
  try {
    return { text: cipher.open(sealed) };
  } catch (error) {
    if (!(error instanceof PushRefused)) throw error;
    return { refused: error.reason };
  }
}

const REFUSED = { refused: 'envelope_undecryptable' };

describe('given the published examples', () => {
  test('when they are opened, then the text is the published one', () => {
    for (const { account, encrypt: sealed, text } of [V3, V4, V5_REPLY]) {
      expect(cipherOf(account).open(sealed)).toBe(text);
    }
    expect(Buffer.byteLength(cipherOf(V5.account).open(V5.encrypt))).toBe(V5.textBytes);
    expect(cipherOf(V5.account).open(V5.encrypt)).toContain('<Event><![CDATA[debug_demo]]></Event>');
    expect(cipherOf(V6.account).open(V6.encrypt)).toContain('<Content><![CDATA[hello]]></Content>');
  });

  test('when the tests seal them again with the same random text, then the bytes are the published ones', () => {
    for (const { account, encrypt: sealed, text, random } of [V3, V4, V5_REPLY]) {
      expect(encrypt(text, account, { random })).toBe(sealed);
    }
  });
});

describe('given an EncodingAESKey', () => {
  test('when it has 43 letters and digits, then it is one, even where its Base64 is not canonical', () => {
    for (const { account } of [V3, V5, V6]) expect(isEncodingAesKey(account.encodingAesKey)).toBe(true);
    expect(isEncodingAesKey(PREVIOUS_FIXTURE_KEY)).toBe(true);
  });

  test('when it is shorter, longer or holds other signs, then it is none, and the error does not repeat it', () => {
    const key = V6.account.encodingAesKey;
    for (const wrong of [key.slice(1), `${key}a`, `${key}=`, `${key.slice(1)}+`, `${key}\n`, '']) {
      expect(isEncodingAesKey(wrong)).toBe(false);
      expect(() => createCipher(wrong, toAppId('wx1'))).toThrow(TypeError);
    }
    expect(() => createCipher(key.slice(1), toAppId('wx1'))).not.toThrow(key.slice(1, 10));
  });
});

describe('given texts of every length, and so every padding', () => {
  test('when we seal, then we open it again, and so does the package', () => {
    for (let length = 0; length <= 100; length++) {
      const text = 'x'.repeat(length);
      const sealed = ours.seal(text);
      expect(ours.open(sealed)).toBe(text);
      expect(reference.decrypt(sealed)).toEqual({ message: text, id: FIXTURE_ACCOUNT.appId });
      expect(Buffer.from(sealed, 'base64').length % 32).toBe(0);
    }
  });

  test('when we seal, then all but the random bytes is as WeChat and the package would have it', () => {
    for (let length = 0; length <= 100; length++) {
      const text = '中'.repeat(length) + '\ud800';
      const blocks = decryptRaw(ours.seal(text), FIXTURE_ACCOUNT.encodingAesKey);
      const likewise = decryptRaw(reference.encrypt(text), FIXTURE_ACCOUNT.encodingAesKey);
      const wechats = decryptRaw(encrypt(text, FIXTURE_ACCOUNT), FIXTURE_ACCOUNT.encodingAesKey);
      expect(blocks.subarray(16).equals(wechats.subarray(16))).toBe(true);
      expect(blocks.subarray(16).equals(likewise.subarray(16))).toBe(true);
    }
  });

  test('when WeChat seals, then we open it', () => {
    for (let length = 0; length <= 100; length++) {
      const text = '中'.repeat(length) + '😀';
      expect(ours.open(encrypt(text, FIXTURE_ACCOUNT))).toBe(text);
    }
  });

  test('when the text is anything at all, then it comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        expect(ours.open(ours.seal(text))).toBe(text);
      }),
    );
  });

  test('when the same text is sealed often, then no two agree in any block, nor do the bytes that lead them', () => {
    const seen = new Set<string>();
    for (let time = 0; time < 1000; time++) {
      const sealed = ours.seal('the same text, longer than two blocks are');
      const bytes = Buffer.from(sealed, 'base64');
      for (let at = 0; at < bytes.length; at += 16) seen.add(bytes.toString('hex', at, at + 16));
      seen.add(decryptRaw(sealed, FIXTURE_ACCOUNT.encodingAesKey).toString('hex', 0, 16));
    }
    expect(seen.size).toBe(1000 * (6 + 1));
  });

  test('when others are refused in between, of whatever length, then the next one opens all the same', () => {
    const good = encrypt('well', FIXTURE_ACCOUNT);
    for (let blocks = 1; blocks <= 9; blocks++) {
      expect(outcomeOf(randomBytes(16 * blocks).toString('base64'))).toHaveProperty('refused');
      expect(outcomeOf(randomBytes(16 * blocks - 1).toString('base64'))).toEqual(REFUSED);
      expect(outcomeOf(good)).toEqual({ text: 'well' });
      expect(reference.decrypt(ours.seal('well')).message).toBe('well');
    }
  });
});

describe('given an envelope that is wrong in one thing', () => {
  const text = 'x'.repeat(5); // 16 + 4 + 5 + 18 = 43 bytes: 21 to pad

  test.each([
    ['pad bytes that differ', Buffer.from([...Array.from({ length: 20 }, () => 20), 21])],
    ['pads of 0', Buffer.alloc(21, 0)],
    ['pads beyond 32', Buffer.alloc(21, 33)],
    ['37 pads that say so', Buffer.alloc(37, 37)],
    ['a pad that swallows the AppID', Buffer.alloc(21, 32)],
  ])('when it has %s, then it is refused', (_what, padding) => {
    expect(outcomeOf(encrypt(text, FIXTURE_ACCOUNT, { padding }))).toEqual(REFUSED);
  });

  test('when the padding is shorter than it could be but right, then it opens', () => {
    expect(outcomeOf(encrypt(text, FIXTURE_ACCOUNT, { padding: Buffer.alloc(5, 5) }))).toEqual({ text });
  });

  test.each([24, 1000, 0x7fffffff, 0x80000000, 0xffffffff])(
    'when its length field says %d, then it is refused',
    (length) => {
      expect(outcomeOf(encrypt(text, FIXTURE_ACCOUNT, { length }))).toEqual(REFUSED);
    },
  );

  test('when its length field takes in part of the AppID, then the AppID is not ours', () => {
    for (const length of [0, 4, 6, 23]) {
      expect(outcomeOf(encrypt(text, FIXTURE_ACCOUNT, { length }))).toEqual({ refused: 'foreign_app_id' });
    }
  });

  test('when the AppID is another, longer or missing, then it is foreign', () => {
    const { appId } = FIXTURE_ACCOUNT;
    for (const other of ['wx0000000000000000', `${appId}0`, appId.slice(1), appId.toUpperCase(), '']) {
      expect(outcomeOf(encrypt(text, { ...FIXTURE_ACCOUNT, appId: other }))).toEqual({
        refused: 'foreign_app_id',
      });
    }
  });

  test('when the text is not UTF-8, then it is refused', () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
      expect(outcomeOf(encrypt(Buffer.from(bytes), FIXTURE_ACCOUNT))).toEqual(REFUSED);
    }
  });

  test('when it is sealed by another key, then it is refused', () => {
    const account = { ...FIXTURE_ACCOUNT, encodingAesKey: PREVIOUS_FIXTURE_KEY };
    expect(outcomeOf(encrypt(text, account))).toEqual(REFUSED);
  });

  test('when it is no ciphertext at all, then it is refused', () => {
    const short = encryptRaw(Buffer.alloc(16, 16), FIXTURE_ACCOUNT.encodingAesKey);
    for (const sealed of ['', '=', 'A', 'success', '中文', '<xml>', 'A'.repeat(22), short]) {
      expect(outcomeOf(sealed)).toEqual(REFUSED);
    }
  });
});

describe('given a ciphertext that was damaged', () => {
  const text = '<xml><Content><![CDATA[加密 😀]]></Content></xml>';
  const sealed = Buffer.from(encrypt(text, FIXTURE_ACCOUNT), 'base64');
  const FIRST_BLOCK_BITS = 16 * 8;

  test('when any one bit is flipped, then it is refused, or read as the package reads it', () => {
    let opened = 0;
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const damaged = Buffer.from(sealed);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const base64 = damaged.toString('base64');
      const outcome = outcomeOf(base64);
      if (!('text' in outcome)) continue;
      // A block in the middle scrambles itself and flips one bit of the next: only UTF-8 can tell, and not always.
      // That is why the msg_signature comes first.
      opened += 1;
      expect(reference.decrypt(base64)).toEqual({ message: outcome.text, id: FIXTURE_ACCOUNT.appId });
    }
    expect(opened).toBeLessThan(FIRST_BLOCK_BITS);
  });

  test('when it is cut anywhere, then it is refused', () => {
    for (let length = 0; length < sealed.length; length++) {
      expect(outcomeOf(sealed.subarray(0, length).toString('base64'))).toEqual(REFUSED);
    }
  });

  test('when bytes are added that fill no block, then it is refused', () => {
    for (let more = 1; more < 16; more++) {
      expect(outcomeOf(Buffer.concat([sealed, randomBytes(more)]).toString('base64'))).toEqual(REFUSED);
    }
  });

  test('when its Base64 is cut anywhere within the digits, then it is refused', () => {
    const base64 = sealed.toString('base64');
    const digits = base64.replace(/=+$/, '').length;
    for (let length = 0; length < digits; length++) {
      expect(outcomeOf(base64.slice(0, length))).toEqual(REFUSED);
    }
  });

  test('when blocks are random, then all are refused', () => {
    for (let round = 0; round < 2000; round++) {
      expect(outcomeOf(randomBytes(16 * (1 + (round % 20))).toString('base64'))).toHaveProperty('refused');
    }
  });

  test('when the key is wrong, then the refusal says no more than for any other damage', () => {
    const messages = new Set<string>();
    for (const bad of ['', 'A', encrypt('xxxxx', FIXTURE_ACCOUNT, { padding: Buffer.alloc(21) })]) {
      try {
        ours.open(bad);
      } catch (error) {
        messages.add(error instanceof PushRefused ? error.message : 'another error');
      }
    }
    expect([...messages]).toEqual([
      'The envelope does not open: compare WECHAT_ENCODING_AES_KEY (and the previous one) with the console',
    ]);
  });
});
