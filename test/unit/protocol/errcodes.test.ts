import { describe, expect, test } from '@jest/globals';
import { ERRCODE_ROWS } from '../../../src/protocol/errcode-rows.js';
import { ERRCODES, adviceFor, classOf, readErrmsg, ridTime } from '../../../src/protocol/errcodes.js';

describe('given an errcode', () => {
  test.each([
    [-1, 'retry'],
    [40001, 'token-invalid'],
    [40014, 'token-invalid'],
    [42001, 'token-invalid'],
    [45009, 'quota-exhausted'],
    [45011, 'rate-limited'],
    [45015, 'window-closed'],
    [45047, 'window-closed'],
    [43004, 'window-closed'],
    [48001, 'permission'],
    [40164, 'config'],
    [45002, 'bad-request'],
    [268487001, 'retry'],
    [43100, 'quota-exhausted'], // it is back next month
    [45029, 'config'], // permanent codes never come back
    [53503, 'config'],
    [53504, 'config'],
    [53505, 'config'],
    [53404, 'permission'],
    [53406, 'permission'],
    [53405, 'bad-request'],
  ])('when it is %d, then it is %s', (errcode, kind) => {
    expect(classOf(errcode)).toBe(kind);
  });

  test('when it is one that drafts, comments and checks of content give, then the table knows it', () => {
    const codes = [41018, 45106, 45110, 87014, 88001, 88002, 88003, 88004, 88005, 88007, 88008, 88009, 88010];
    expect(codes.filter((code) => !ERRCODES.has(code))).toEqual([]);
  });

  test('when it is unknown, then it is our fault', () => {
    for (const errcode of [99999, -2, Number.NaN]) expect(classOf(errcode)).toBe('bad-request');
  });

  test('when the class says it all, then its advice stands in', () => {
    expect(ERRCODES.get(40004)?.advice.en).toMatch(/Correct the request/);
    expect(adviceFor(40164).en).toMatch(/whitelist/);
    expect(adviceFor(99999).en).toMatch(/Correct the request/);
  });

  test('when the table is read, then every code stands in it once, in order, with both texts and advice', () => {
    const codes = ERRCODE_ROWS.map(([code]) => code);
    expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
    expect(ERRCODES.has(0)).toBe(false);
    for (const { text, zh, advice } of ERRCODES.values()) {
      expect([text, advice.en, advice.zh]).not.toContain('');
      expect(zh).toMatch(/\p{Script=Han}/u);
    }
  });
});

describe('given an errmsg', () => {
  test.each([
    ['invalid appid', { text: 'invalid appid' }],
    [
      'invalid credential, access_token is invalid or not latest hint: [Ri7P_a0770rsz7!]',
      { text: 'invalid credential, access_token is invalid or not latest', hint: 'Ri7P_a0770rsz7!' },
    ],
    [
      'api unauthorized, hints: [ req_id: 1QoCla0699ns81 ]',
      { text: 'api unauthorized', hint: '1QoCla0699ns81' },
    ],
    [
      'response out of time limit or subscription is canceled hint: [CgCD2CMre-brVPIA] rid: 5f2b8ff1-4943a9b3-70b9fe5e',
      {
        text: 'response out of time limit or subscription is canceled',
        hint: 'CgCD2CMre-brVPIA',
        rid: '5f2b8ff1-4943a9b3-70b9fe5e',
      },
    ],
    [
      'out of response count limit rid: 608780e2-4b5d9662-035705c2',
      { text: 'out of response count limit', rid: '608780e2-4b5d9662-035705c2' },
    ],
    [
      'invalid code, rid: 6583f22d-35b1b023-4a6d02b6',
      { text: 'invalid code', rid: '6583f22d-35b1b023-4a6d02b6' },
    ],
    ['x rid: 63021398-4f265650-6e8', { text: 'x rid: 63021398-4f265650-6e8' }],
    ['', { text: '' }],
  ])('when it is "%s", then text and ids are told apart', (errmsg, read) => {
    expect(readErrmsg(errmsg)).toEqual(read);
  });

  test('when it has a rid, then that tells the second of the call', () => {
    // The example of the page of rid/get: invoke_time 1635156704.
    expect(ridTime('617682e0-09059ac5-34a8e2ea')).toEqual(new Date(1_635_156_704_000));
    expect(ridTime('63021398-4f265650-6e8')).toEqual(new Date(0x63021398 * 1_000));
    expect(ridTime('no rid')).toBeUndefined();
  });

  test('when it is long and odd, then reading it takes no time', () => {
    const started = performance.now();
    for (const piece of [' ', ', ', ' hint: [', 'rid: ', '[ ']) readErrmsg(`${piece.repeat(20_000)}x`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
