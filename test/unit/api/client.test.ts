import { describe, expect, test } from '@jest/globals';
import { createAccessPoints } from '../../../src/api/access-points/access-points.js';
import { createApi } from '../../../src/api/client.js';
import type { TokenKeeper } from '../../../src/api/token-keeper.js';
import { httpResponse, type HttpRequest, type HttpResponse } from '../../../src/ports/http-client.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { toAccessToken, toOpenId } from '../../../src/protocol/ids.js';
import { ManualClock } from '../../support/time/manual-clock.js';
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

function contentOf(request: HttpRequest | undefined): { type: string | undefined; body: string } {
  const { content, body = '' } = request ?? {};
  return content === undefined
    ? { type: 'application/json; charset=utf-8', body }
    : { type: content.type, body: Buffer.concat([...content.pieces]).toString() };
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

  test.each([{}, { code: 502 }, { error: 'unauthorized' }])(
    'when a message is answered %j, which says nothing of it, then it may have arrived, and is no success',
    async (said) => {
      const { api, asked } = given({ answer: () => json(said) });
      await expect(api.messages.send(USER, TEXT)).rejects.toMatchObject({
        code: 'api_unreachable',
        sent: true,
      });
      expect(asked).toHaveLength(1);
    },
  );

  test('when a message is answered with a return code of the older form, then that is a refusal with its number', async () => {
    const { api } = given({ answer: () => json({ base_resp: { ret: 10706, err_msg: 'no such device' } }) });
    await expect(api.messages.send(USER, TEXT)).rejects.toMatchObject({
      code: 'api_refused',
      errcode: 10706,
      text: 'no such device',
    });
  });

  test('when a message is answered with a return code of 0 in the older form, then it is sent', async () => {
    const { api } = given({ answer: () => json({ base_resp: { ret: 0, err_msg: 'ok' } }) });
    await expect(api.messages.send(USER, TEXT)).resolves.toBeUndefined();
  });

  test('when a message is sent as one object, as WeChat writes it, then it is refused before it leaves', async () => {
    const { api, asked } = given();
    const whole = { touser: USER, ...TEXT };
    // @ts-expect-error JavaScript does not know that the receiver comes first
    const sent = api.messages.send(whole);
    await expect(sent).rejects.toMatchObject({ code: 'api_request_invalid', field: 'touser' });
    expect(asked).toEqual([]);
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

describe('given an answer to a call that is not in the catalogue', () => {
  test.each([
    {},
    { code: 502 },
    { error: 'unauthorized' },
    { code: 500, message: 'busy', timestamp: 1 },
    { status: 404, path: '/cgi-bin/x' },
  ])('when it is %j, which WeChat does not say, then nobody has answered', async (said) => {
    const { api } = given({ answer: () => json(said) });
    await expect(api.call('/cgi-bin/x', {})).rejects.toMatchObject({ code: 'api_unreachable', sent: true });
  });

  test('when its older form of a return code is not 0, then that is a refusal with its number', async () => {
    const { api } = given({
      answer: () => json({ data: {}, base_resp: { ret: 9001003, err_msg: 'invalid ticket' } }),
    });
    await expect(api.call('/cgi-bin/x')).rejects.toMatchObject({ errcode: 9001003, text: 'invalid ticket' });
  });

  test.each([
    [{ total: 3 }, undefined],
    [{ errcode: 0 }, undefined],
    [{ code: 7, message: 'of its own' }, ['code']],
  ])('when it is %j and %j is expected, then it is what the call resolves to', async (said, answer) => {
    const { api } = given({ answer: () => json(said) });
    expect(await api.call('/cgi-bin/x', {}, answer === undefined ? {} : { answer })).toEqual(said);
  });

  test('when a field is missing that the caller expects, then nobody has answered', async () => {
    const { api } = given({ answer: () => json({ total: 3 }) });
    await expect(api.call('/cgi-bin/x', {}, { answer: ['list'] })).rejects.toMatchObject({
      code: 'api_unreachable',
      why: 'the answer holds no list',
    });
  });

  test('when the path stands in the catalogue, then its row says what an answer holds', async () => {
    const { api } = given({ answer: () => json({ unrelated: 1 }) });
    await expect(api.call('/cgi-bin/user/info', undefined)).rejects.toMatchObject({
      code: 'api_unreachable',
      sent: true,
    });
    await expect(api.call('/cgi-bin/message/custom/send', {})).rejects.toMatchObject({ sent: true });
  });
});

describe('given a call that is not in the catalogue, with something other than an object', () => {
  test('when the body is a text, then it goes out as it is', async () => {
    const { api, asked } = given();
    await api.call('/cgi-bin/x', '你好 "q"');
    expect(asked[0]).toMatchObject({ method: 'POST' });
    expect(contentOf(asked[0])).toEqual({ type: 'text/plain; charset=utf-8', body: '你好 "q"' });
  });

  test('when the text is JSON already, then it goes out as JSON, unchanged', async () => {
    const { api, asked } = given();
    await api.call('/cgi-bin/x', ' {"id":3147483655123456789}');
    expect(contentOf(asked[0])).toEqual({
      type: 'application/json; charset=utf-8',
      body: ' {"id":3147483655123456789}',
    });
  });

  test('when it is a form with a file, then it goes out as one', async () => {
    const { api, asked } = given();
    const form = new FormData();
    form.append('description', '{"title":"标题"}');
    form.append('media', new File(['pixels'], '图.png', { type: 'image/png' }));
    await api.call('/cgi-bin/x', form);
    const { type, body } = contentOf(asked[0]);
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(body).toContain('name="description"\r\n\r\n{"title":"标题"}');
    expect(body).toContain('name="media"; filename="图.png"\r\nContent-Type: image/png\r\n\r\npixels');
  });

  test('when bytes come back and they are asked for, then it is one', async () => {
    const bytes = Uint8Array.from([0xff, 0xd8, 0xff, 0x00]);
    const headers = { 'content-type': 'image/jpeg', 'content-disposition': 'attachment; filename="a.jpg"' };
    const { api } = given({ answer: () => httpResponse(200, bytes, { headers }) });
    expect(await api.callForFile('/cgi-bin/x', { id: 1 })).toEqual({
      type: 'file',
      bytes,
      contentType: 'image/jpeg',
      fileName: 'a.jpg',
    });
  });

  test('when an error comes in place of the file, then it is refused', async () => {
    const { api } = given({ answer: () => json({ errcode: 40007, errmsg: 'invalid media_id' }) });
    await expect(api.callForFile('/cgi-bin/x', {})).rejects.toMatchObject({ errcode: 40007 });
  });

  test('when bytes come back and nobody asked for them, then the error says how to', async () => {
    const { api } = given({ answer: () => httpResponse(200, Uint8Array.from([0xff, 0xd8])) });
    await expect(api.call('/cgi-bin/x', {})).rejects.toMatchObject({
      code: 'api_unreachable',
      why: expect.stringContaining('callForFile'),
    });
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
