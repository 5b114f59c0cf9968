import { describe, expect, test } from '@jest/globals';
import { createAccessPoints } from '../../../src/api/access-points.js';
import { createApi } from '../../../src/api/client.js';
import type { TokenKeeper } from '../../../src/api/token-keeper.js';
import type { HttpRequest, HttpResponse } from '../../../src/ports/http-client.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { toAccessToken, toOpenId } from '../../../src/protocol/ids.js';
import { ManualClock } from '../../support/manual-clock.js';
import { json, stubHttp } from './stub-http.js';

const USER = toOpenId('oUser');
const TEXT = { msgtype: 'text', text: { content: '你好 <b> "q"' } } as const;

/** Tokens T1, T2, …: a rejected one is followed by the next. WeChat accepts those in `good`. */
function given(
  options: {
    good?: string[];
    isKept?: boolean;
    errcode?: number;
    answer?: (request: HttpRequest) => HttpResponse;
  } = {},
) {
  const { good = ['T1'], errcode = 40001 } = options;
  let current = 1;
  const rejected: string[] = [];
  const tokens: TokenKeeper = {
    get: async () => toAccessToken(`T${current}`),
    reject: async (token) => {
      rejected.push(token);
      if (options.isKept !== true) current += 1;
    },
  };
  const tokenOf = (request: HttpRequest) => new URL(request.url).searchParams.get('access_token') ?? '';
  const { http, asked } = stubHttp((request) => {
    if (!good.includes(tokenOf(request))) return json({ errcode, errmsg: 'invalid credential' });
    return options.answer?.(request) ?? json({ errcode: 0, errmsg: 'ok' });
  });
  const clock = new ManualClock();
  const accessPoints = createAccessPoints({ urls: ['http://api'], http, clock, log: silentLogger });
  const api = createApi({ accessPoints, tokens });
  return { api, asked, rejected, used: () => asked.map(tokenOf) };
}

describe('given a good token', () => {
  test('when a message is sent, then it goes out once, in raw UTF-8, within ten seconds', async () => {
    const { api, asked } = given();
    await api.messages.send(USER, TEXT);
    expect(asked).toEqual([
      {
        method: 'POST',
        url: 'http://api/cgi-bin/message/custom/send?access_token=T1',
        body: '{"touser":"oUser","msgtype":"text","text":{"content":"你好 <b> \\"q\\""}}',
        timeoutMs: 10_000,
      },
    ]);
  });

  test('when the caller brings a token, then that one is used', async () => {
    const { api, used } = given({ good: ['mine'] });
    await api.messages.send(USER, TEXT, { token: toAccessToken('mine') });
    expect(used()).toEqual(['mine']);
  });

  test('when another call is made, then query, body and signal go along and the answer comes back', async () => {
    const { api, asked } = given({ answer: () => json({ total: 3 }) });
    const { signal } = new AbortController();
    expect(await api.call('/cgi-bin/x', { n: 1 }, { query: { a: 'b c' }, signal })).toEqual({ total: 3 });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: 'http://api/cgi-bin/x?a=b+c&access_token=T1',
        body: '{"n":1}',
        timeoutMs: 10_000,
        signal,
      },
    ]);
  });
});

describe('given an API that is not in the catalogue', () => {
  test.each([
    '@evil.example/x',
    '.evil.example/x',
    ':8080/x',
    '//evil.example/x',
    'https://evil.example/x',
    'cgi-bin/x',
    '',
    '/cgi-bin/x?openid=o',
    '/cgi-bin/x#y',
    '/cgi-bin\\x',
    '/cgi-bin/x\r\ny',
  ])('when %j is called, then nothing is sent, and the token goes nowhere', async (path) => {
    const { api, asked } = given();
    await expect(api.call(path, {})).rejects.toMatchObject({ code: 'api_request_invalid', field: 'path' });
    expect(asked).toEqual([]);
  });
});

describe('given a token that is no longer valid', () => {
  test.each([40001, 40014, 42001])(
    'when %i comes, then the token is replaced and the call made once more',
    async (errcode) => {
      const { api, rejected, used } = given({ good: ['T2'], errcode });
      await api.messages.send(USER, TEXT);
      expect(rejected).toEqual(['T1']);
      expect(used()).toEqual(['T1', 'T2']);
    },
  );

  test('when the next one is refused too, then that is the end', async () => {
    const { api, used } = given({ good: [] });
    await expect(api.messages.send(USER, TEXT)).rejects.toMatchObject({
      errcode: 40001,
      errorClass: 'token-invalid',
    });
    expect(used()).toEqual(['T1', 'T2']);
  });

  test('when the keeper stays with it, then the call is not repeated', async () => {
    const { api, used } = given({ good: [], isKept: true });
    await expect(api.messages.send(USER, TEXT)).rejects.toMatchObject({ errcode: 40001 });
    expect(used()).toEqual(['T1']);
  });
});

test('given any other refusal, when it comes, then the token is kept and the call not repeated', async () => {
  const { api, rejected, used } = given({
    answer: () => json({ errcode: 45015, errmsg: 'response out of time limit' }),
  });
  await expect(api.messages.send(USER, TEXT)).rejects.toMatchObject({ errcode: 45015 });
  expect([rejected, used()]).toEqual([[], ['T1']]);
});
