import { describe, expect, test } from '@jest/globals';
import { createAccessPoints, type Exchange } from '../../../src/api/access-points.js';
import {
  HttpFailure,
  httpResponse,
  type HttpRequest,
  type HttpResponse,
} from '../../../src/ports/http-client.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { ManualClock } from '../../support/manual-clock.js';
import { json, stubHttp } from './stub-http.js';

const get: Exchange = {
  method: 'GET',
  path: '/p',
  query: { access_token: 'T+&' },
  idempotent: true,
  timeoutMs: 10_000,
};
const send: Exchange = { method: 'POST', path: '/s', body: '{}', idempotent: false, timeoutMs: 10_000 };

const broken = (sent: boolean) => () => {
  throw new HttpFailure('ECONNREFUSED', { sent });
};

/** Three hosts, each with its behaviour; a host without one answers well. */
function given(hosts: Record<string, (request: HttpRequest) => HttpResponse>) {
  const clock = new ManualClock();
  const { http, asked } = stubHttp((request) => {
    const behave = hosts[new URL(request.url).host];
    return behave === undefined ? json({ ok: 1 }) : behave(request);
  });
  const urls = ['https://a', 'https://b/', 'http://c/base'];
  const points = createAccessPoints({ urls, http, clock, log: silentLogger });
  return { points, clock, asked, hosts, tried: () => asked.map(({ url }) => new URL(url).host) };
}

describe('given three access points', () => {
  test('when the first works, then only it is asked, with the query encoded', async () => {
    const { points, asked } = given({});
    expect(await points.exchange(get)).toEqual({ ok: 1 });
    const url = 'https://a/p?access_token=T%2B%26';
    expect(asked).toEqual([{ method: 'GET', url, timeoutMs: 10_000, connectMs: 1_500 }]);
  });

  test('when the only working one has a path, then the call goes below it', async () => {
    const { points, asked } = given({ a: broken(false), b: broken(false) });
    await points.exchange(send);
    expect(asked.at(-1)?.url).toBe('http://c/base/s');
  });

  test.each([
    ['no connection', broken(false)],
    ['a timeout', broken(true)],
    ['status 502', () => httpResponse(502, '')],
    ['HTML', () => httpResponse(200, '<html>')],
  ])('when the first gives %s, then a call that may be repeated goes to the next', async (_name, behave) => {
    const { points, tried } = given({ a: behave });
    expect(await points.exchange(get)).toEqual({ ok: 1 });
    expect(tried()).toEqual(['a', 'b']);
  });

  test('when the first cannot be connected, then a call that must not be repeated goes to the next', async () => {
    const { points, tried } = given({ a: broken(false) });
    await points.exchange(send);
    expect(tried()).toEqual(['a', 'b']);
  });

  test.each([
    ['a timeout', broken(true)],
    ['status 502', () => httpResponse(502, '')],
  ])('when the first gives %s, then a call that must not be repeated ends there', async (_name, behave) => {
    const { points, tried } = given({ a: behave });
    await expect(points.exchange(send)).rejects.toMatchObject({ code: 'api_unreachable', sent: true });
    expect(tried()).toEqual(['a']);
  });

  test('when a point answers no, then no other is asked', async () => {
    const { points, tried } = given({ a: () => json({ errcode: -1, errmsg: 'system error' }) });
    await expect(points.exchange(get)).rejects.toMatchObject({ errcode: -1 });
    expect(tried()).toEqual(['a']);
  });

  test('when all fail, then each was asked once and `sent` tells whether any may have taken the call', async () => {
    const one = given({ a: broken(false), b: broken(false), c: broken(false) });
    await expect(one.points.exchange(get)).rejects.toMatchObject({ sent: false, endpoint: '/p' });
    expect(one.tried()).toEqual(['a', 'b', 'c']);
    const two = given({ a: broken(true), b: broken(false), c: broken(false) });
    await expect(two.points.exchange(get)).rejects.toMatchObject({ sent: true });
  });

  test('when a point failed, then it is asked last for 30 s', async () => {
    const { points, clock, hosts, asked, tried } = given({ a: broken(false) });
    await points.exchange(get);
    delete hosts['a'];
    await points.exchange(get);
    await clock.advance(29_999);
    await points.exchange(get);
    await clock.advance(1);
    await points.exchange(get);
    expect(tried()).toEqual(['a', 'b', 'b', 'b', 'a']);
    asked.length = 0;
    hosts['b'] = broken(false);
    hosts['c'] = broken(false);
    await points.exchange(get);
    expect(tried()).toEqual(['a']);
  });

  test('when the whole time is over, then no further point is asked, and the last gets only what is left', async () => {
    const { points, clock, asked, hosts } = given({});
    const slow = (ms: number) => () => {
      void clock.advance(ms);
      return broken(true)();
    };
    hosts['a'] = slow(0);
    await points.exchange({ ...get, timeoutMs: 4_500, totalMs: 4_000 });
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([4_000, 4_000]);
  });

  test('when the caller gives up, then no further point is asked and none is held for bad', async () => {
    const giving = new AbortController();
    const { points, tried, hosts } = given({});
    hosts['a'] = () => {
      giving.abort();
      return broken(true)();
    };
    await expect(points.exchange({ ...get, signal: giving.signal })).rejects.toMatchObject({ sent: true });
    await expect(points.exchange({ ...get, signal: giving.signal })).rejects.toMatchObject({ sent: false });
    delete hosts['a'];
    await points.exchange(get);
    expect(tried()).toEqual(['a', 'a']);
  });
});
