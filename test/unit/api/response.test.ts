import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiRefused, ApiUnreachable } from '../../../src/api/api-error.js';
import { httpResponse } from '../../../src/ports/http-client.js';
import { readAnswer } from '../../../src/api/response.js';

const read = (text: string, status = 200) => readAnswer('/cgi-bin/x', httpResponse(status, text));

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('given an answer of the API', () => {
  test('when errcode is absent or 0, as number or string, then it is a success', () => {
    expect(read('{"access_token":"a","expires_in":7200}')).toEqual({ access_token: 'a', expires_in: 7200 });
    expect(read('{"errcode":0,"errmsg":"send job submission success"}')).toMatchObject({ errcode: 0 });
    expect(read('{"errcode":"0","errmsg":"ok"}')).toMatchObject({ errmsg: 'ok' });
  });

  test('when errcode is another number, also as a string, then it is refused with class, text and rid', () => {
    const error = thrownBy(() =>
      read('{"errcode":"45015","errmsg":"response out of time limit rid: 5f3e3696-11e78743-10655b48"}'),
    );
    expect(error).toBeInstanceOf(ApiRefused);
    expect(error).toMatchObject({
      endpoint: '/cgi-bin/x',
      errcode: 45015,
      text: 'response out of time limit',
      rid: '5f3e3696-11e78743-10655b48',
      errorClass: 'window-closed',
      retryable: false,
    });
  });

  test('when the rid is a field of its own, then it is taken from there', () => {
    const error = thrownBy(() =>
      read('{"errcode":"48001","errmsg":"api unauthorized","rid":"6363877b-5c6d3083-27a85aff"}'),
    );
    expect(error).toMatchObject({ errcode: 48001, rid: '6363877b-5c6d3083-27a85aff' });
  });

  test('when -1 comes, also under status 500, then it is retryable', () => {
    expect(thrownBy(() => read('{"errcode":-1,"errmsg":"system error"}', 500))).toMatchObject({
      errcode: -1,
      errorClass: 'retry',
      retryable: true,
    });
  });

  test('when strings hold raw control characters, then the rest is still read', () => {
    expect(read('{"nickname":"a\u0014b\nc","n":1}')).toEqual({ nickname: 'a b c', n: 1 });
  });

  test('when a whole number is beyond 2^53, then its digits stay, as text; others stay numbers', () => {
    expect(read('{"msgid":2486310724779800123,"s":"1234567890123456789","n":[1,-9007199254740993]}')).toEqual(
      {
        msgid: '2486310724779800123',
        s: '1234567890123456789',
        n: [1, '-9007199254740993'],
      },
    );
    expect(read('{"a":1.5e-20,"b":1.12345678901234567890,"c":9007199254740991}')).toEqual({
      a: 1.5e-20,
      b: Number('1.12345678901234567890'),
      c: 9007199254740991,
    });
  });

  test('when a byte order mark leads, then it is ignored', () => {
    expect(read('\uFEFF{"n":1}')).toEqual({ n: 1 });
  });

  test.each([
    ['nothing', '', 200],
    ['HTML', '<html>502 Bad Gateway</html>', 200],
    ['cut-off JSON', '{"errcode":0,"errm', 200],
    ['a list', '[1]', 200],
    ['null', 'null', 200],
    ['an errcode that is no number', '{"errcode":"none"}', 200],
    ['an errcode that is null', '{"errcode":null}', 200],
    ['a good body under status 502', '{"errcode":0}', 502],
    ["a gateway's own JSON", '{"message":"no route"}', 404],
    ['a redirect', '', 302],
  ])('when it is %s, then nobody answered and the call may have taken effect', (_name, text, status) => {
    const error = thrownBy(() => read(text, status));
    expect(error).toBeInstanceOf(ApiUnreachable);
    expect(error).toMatchObject({ sent: true, retryable: false });
  });

  test('when it is any text at all, then it is an object or one of the two errors', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.integer({ min: 100, max: 599 }), (text, status) => {
        try {
          expect(typeof read(text, status)).toBe('object');
        } catch (error) {
          if (!(error instanceof ApiRefused) && !(error instanceof ApiUnreachable)) throw error;
        }
      }),
    );
  });

  test('when errmsg echoes an address or a token, then no part of the error holds it', () => {
    const errmsg =
      'bad call https://api.weixin.qq.com/x?access_token=TOPSECRET&b=1 access_token=TOPSECRET "secret":"TOPSECRET"';
    const error = thrownBy(() => read(JSON.stringify({ errcode: 40097, errmsg })));
    expect(JSON.stringify([error, String(error)])).not.toContain('TOPSECRET');
    expect(String(error)).toContain('https://api.weixin.qq.com/x?');
  });

  test.each([
    'invalid appsecret: check WECHAT_APP_ID and WECHAT_APP_SECRET',
    'invalid code, access_token: missing',
    'ticket = not found, secret : none',
  ])('when errmsg speaks of secrets in a sentence, then its words stay: %s', (errmsg) => {
    const error = thrownBy(() => read(JSON.stringify({ errcode: 40125, errmsg })));
    expect(error).toMatchObject({ text: errmsg });
  });

  test('when errmsg holds a secret of the request anywhere, then it is not in the error', () => {
    const body = JSON.stringify({ errcode: 40097, errmsg: 'bad argument TOPSECRET, see <TOPSECRET>' });
    const error = thrownBy(() => readAnswer('/x', httpResponse(200, body), undefined, ['TOPSECRET']));
    expect(error).toMatchObject({ text: 'bad argument …, see <…>' });
  });
});
