import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createCipher } from '../../../../src/protocol/cipher.js';
import { toAppId } from '../../../../src/protocol/ids.js';
import { seal, unseal } from '../../../../src/sandbox/wire/envelope.js';
import { signatureSteps, spoiled } from '../../../../src/sandbox/wire/sign.js';
import { V1, V3, V6 } from '../../../support/wechat/published-vectors.js';

const { appId, encodingAesKey } = V3.account;

describe("given WeChat's side of the envelope, written a second time", () => {
  test('when the published samples are opened, then text and AppID are those on the page', () => {
    expect(unseal(V3.encrypt, encodingAesKey)).toEqual({ text: V3.text, appId });
    expect(unseal(V6.encrypt, V6.account.encodingAesKey)?.text).toContain('hello');
  });

  test('when it seals any text, then the server opens it, and the other way round', () => {
    const theirs = createCipher(encodingAesKey, toAppId(appId));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(theirs.open(seal(text, encodingAesKey, appId))).toBe(text);
        expect(unseal(theirs.seal(text), encodingAesKey)).toEqual({ text, appId });
      }),
    );
  });

  test('when a sealed text is damaged, then nothing is made of it', () => {
    const sealed = seal('text', encodingAesKey, appId);
    expect(unseal(sealed.slice(0, -8), encodingAesKey)).toBeUndefined();
    expect(unseal('', encodingAesKey)).toBeUndefined();
    expect(unseal(sealed, 'B'.repeat(43))).toBeUndefined();
  });

  test('when a signature is worked out, then the steps lead to the published one', () => {
    const steps = signatureSteps('signature', [V1.token, V1.timestamp, V1.nonce]);
    expect(steps.joined).toBe('15147114921714036504AAAAA');
    expect(steps.sha1).toBe(V1.signature);
    expect(spoiled(steps.sha1)).not.toBe(steps.sha1);
  });
});
