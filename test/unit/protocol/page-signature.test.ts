import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { signCard, signPage, withoutHash } from '../../../src/protocol/page-signature.js';

/** The platform's own example ("JS-SDK说明文档", appendix on signatures). */
const PUBLISHED = {
  ticket: 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg',
  nonce: 'Wm3WZYTPz0wzccnW',
  timestamp: 1_414_587_457,
  url: 'http://mp.weixin.qq.com?params=value',
};
const SIGNATURE = '0f9de62fce790f9a083d5c99e95740ceb90c27ed';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe('given the JS-SDK sample vector of the platform', () => {
  test('when the page is signed, then the signature is the published one', () => {
    expect(signPage(PUBLISHED)).toBe(SIGNATURE);
    expect(signPage({ ...PUBLISHED, timestamp: '1414587457' })).toBe(SIGNATURE);
  });

  test('when the address has a fragment, then it is cut off, however many signs follow', () => {
    for (const hash of ['#', '#x', '#x#y', '#/route?params=value']) {
      expect(signPage({ ...PUBLISHED, url: PUBLISHED.url + hash })).toBe(SIGNATURE);
    }
  });

  test('when it is made in one of the known wrong ways, then another signature comes out', () => {
    const { ticket, nonce, timestamp, url } = PUBLISHED;
    const text = (key: string, address: string) =>
      sha1(`jsapi_ticket=${ticket}&${key}=${nonce}&timestamp=${timestamp}&url=${address}`);
    expect(text('nonceStr', url)).toBe('e38013746041040aa9a92d26dd0cf63b4491ed55');
    expect(text('noncestr', encodeURIComponent(url))).toBe('fc555b5603f3cd82d454a79af8ad7fabb2609276');
    expect(text('noncestr', new URL(url).href)).toBe('f50191877b62b116ef830363a3a613ed652a2d5d');
    expect(text('noncestr', `${url}#x`)).toBe('49e882ed1d77a029e6dc50a36da02d15d228293e');
    // An address that is written in one of these ways is signed as it is written.
    expect(signPage({ ...PUBLISHED, url: new URL(url).href })).toBe(
      'f50191877b62b116ef830363a3a613ed652a2d5d',
    );
  });
});

describe('given any address', () => {
  test('when it is cut, then what is left is its beginning, byte for byte, without a #', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        const head = before.replaceAll('#', '');
        expect(withoutHash(head)).toBe(head);
        expect(withoutHash(`${head}#${after}`)).toBe(head);
      }),
    );
  });
});

describe('given the values of a card', () => {
  test('when they are signed, then they were sorted by code unit and joined, in whatever order they came', () => {
    const values = ['pCardId', '1404896688', 'wx_card ticket', 'Nonce'];
    const expected = sha1('1404896688NoncepCardIdwx_card ticket');
    expect(signCard(values)).toBe(expected);
    expect(signCard([...values].reverse())).toBe(expected);
  });
});
