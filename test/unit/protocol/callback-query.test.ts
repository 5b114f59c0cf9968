import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseCallbackQuery, timestampSkewS } from '../../../src/protocol/callback-query.js';
import { PushRefused } from '../../../src/protocol/refusal.js';

describe('given a callback URL', () => {
  test('when it is an ordinary one, then its parameters are read', () => {
    expect(
      parseCallbackQuery(
        '/wechat?signature=ab&timestamp=1736670151&nonce=007&openid=oX&encrypt_type=aes&msg_signature=cd',
      ),
    ).toEqual({
      signature: 'ab',
      timestamp: '1736670151',
      nonce: '007',
      openid: 'oX',
      encrypt_type: 'aes',
      msg_signature: 'cd',
    });
  });

  test('when it has no query, then nothing is read', () => {
    for (const url of ['/wechat', '/wechat?', '/wechat?&&', '/wechat?#signature=1', '']) {
      expect(parseCallbackQuery(url)).toEqual({});
    }
  });

  test('when a name is repeated, however it is written, then the value is a list', () => {
    expect(parseCallbackQuery('/?nonce=1&nonce=2&nonce=3').nonce).toEqual(['1', '2', '3']);
    expect(parseCallbackQuery('/?nonce=1&no%6Ece=2').nonce).toEqual(['1', '2']);
    expect(parseCallbackQuery('/?nonce=&nonce').nonce).toEqual(['', '']);
  });

  test('when names are others, then they are passed over', () => {
    const url =
      '/?nonce[]=1&nonce[a]=2&Nonce=3&__proto__=4&constructor=5&toString=6&own=%zz&%zz=7&=8&nonce%20=9';
    expect(parseCallbackQuery(url)).toEqual({});
    expect(({} as { nonce?: unknown }).nonce).toBeUndefined();
  });

  test('when values are encoded, then they are decoded once', () => {
    expect(parseCallbackQuery('/?echostr=%3Cb%3E%2B+%2525%E4%B8%AD=a?b').echostr).toBe('<b>+ %25中=a?b');
  });

  test('when the value of a known name is not percent-encoded UTF-8, then it is refused', () => {
    for (const value of ['%', '%4', '%zz', '%ff', '%E4%B8', 'a%']) {
      expect(() => parseCallbackQuery(`/?nonce=${value}`)).toThrow(
        expect.objectContaining({ constructor: PushRefused, reason: 'signature_missing' }),
      );
    }
  });

  test('when it is read by the platform, too, then both read the same', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 12 });
    fc.assert(
      fc.property(value, value, value, (nonce, echostr, other) => {
        const search = new URLSearchParams({ nonce, other, echostr }).toString();
        expect(parseCallbackQuery(`/wechat?${search}`)).toEqual({
          nonce,
          echostr,
        });
      }),
    );
  });
});

describe('given the timestamp of a callback', () => {
  const NOW_MS = 1_736_670_151_900;

  test('when it is decimal seconds, then the skew says how far it is ahead', () => {
    expect(timestampSkewS('1736670151', NOW_MS)).toBe(0);
    expect(timestampSkewS('1736670161', NOW_MS)).toBe(10);
    expect(timestampSkewS('1736669551', NOW_MS)).toBe(-600);
    expect(timestampSkewS('0', NOW_MS)).toBe(-1_736_670_151);
    expect(timestampSkewS('999999999999', NOW_MS)).toBeGreaterThan(0);
  });

  test('when it is anything else, then there is no skew', () => {
    for (const odd of ['', ' 1', '1 ', '-1', '+1', '1e9', '0x1', '1.5', '1736670151000', '１２', '1\n']) {
      expect(timestampSkewS(odd, NOW_MS)).toBeUndefined();
    }
  });
});
