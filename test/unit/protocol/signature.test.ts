import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { envelopeSignature, signatureMatches, urlSignature } from '../../../src/protocol/signature.js';
import { V1, V2, V3, V4, V5, V5_REPLY, V6 } from '../../support/wechat/published-vectors.js';
import { sign } from '../../support/wechat/seal.js';

describe('given the published examples', () => {
  test('when a URL is signed, then the signature is the published one', () => {
    expect(urlSignature('a', 'b', 'c')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
    for (const { token, timestamp, nonce, signature } of [V1, V2]) {
      expect(urlSignature(token, timestamp, nonce)).toBe(signature);
    }
    for (const { account, timestamp, nonce, signature } of [V3, V5]) {
      expect(urlSignature(account.token, timestamp, nonce)).toBe(signature);
    }
  });

  test('when an envelope is signed, then the msg_signature is the published one', () => {
    for (const { account, timestamp, nonce, encrypt, msgSignature } of [V3, V4, V5, V5_REPLY, V6]) {
      expect(envelopeSignature(account.token, timestamp, nonce, encrypt)).toBe(msgSignature);
    }
  });
});

describe('given parts in any order', () => {
  const part = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'B', '9', '10', '010', 'é', '😀'));

  test('when three are signed, then they were sorted by code unit', () => {
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        expect(urlSignature(a, b, c)).toBe(sign(a, b, c));
      }),
    );
  });

  test('when four are signed, then they were sorted by code unit', () => {
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        expect(envelopeSignature(a, b, c, d)).toBe(sign(a, b, c, d));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('given the signature that is expected', () => {
  test('when the same comes, then it matches', () => {
    expect(signatureMatches(V1.signature, V1.signature)).toBe(true);
  });

  test('when one digit differs anywhere, then it does not match', () => {
    for (let at = 0; at < V1.signature.length; at++) {
      const other = V1.signature[at] === '0' ? '1' : '0';
      const wrong = V1.signature.slice(0, at) + other + V1.signature.slice(at + 1);
      expect(signatureMatches(V1.signature, wrong)).toBe(false);
    }
  });

  test('when it comes in upper case, cut, longer or empty, then it does not match', () => {
    const { signature } = V1;
    for (const wrong of [signature.toUpperCase(), signature.slice(1), `${signature}0`, ` ${signature}`, '']) {
      expect(signatureMatches(signature, wrong)).toBe(false);
    }
  });

  test('when a letter comes whose low byte is the right one, then it does not match', () => {
    const lookalike = String.fromCharCode(V1.signature.charCodeAt(0) + 0x100) + V1.signature.slice(1);
    expect(signatureMatches(V1.signature, lookalike)).toBe(false);
  });
});
