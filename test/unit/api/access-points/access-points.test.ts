import { describe, expect, test } from '@jest/globals';
import { createAccessPoints, type ApiRequest } from '../../../../src/api/access-points/access-points.js';
import {
  HttpFailure,
  httpResponse,
  type HttpRequest,
  type HttpResponse,
} from '../../../../src/ports/http-client.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { ManualClock } from '../../../support/time/manual-clock.js';
import { json, stubHttp } from '../stub-http.js';

const get: ApiRequest = {
  method: 'GET',
  path: '/p',
  query: { access_token: 'T+&' },
  idempotent: true,
  timeoutMs: 10_000,
};
const send: ApiRequest = { method: 'POST', path: '/s', body: '{}', idempotent: false, timeoutMs: 10_000 };

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

  test('when a refusal echoes the token or a secret of the body, then the error holds neither', async () => {
    const errmsg = 'token 50_TOKEN of SECRET-OF-BODY is bad';
    const { points } = given({ a: () => json({ errcode: 40097, errmsg }) });
    const call = { ...send, query: { access_token: '50_TOKEN' }, secrets: ['SECRET-OF-BODY'] };
    await expect(points.exchange(call)).rejects.toMatchObject({ text: 'token … of … is bad' });
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

/** Three hosts that take so long to answer a probe; `undefined`: refused. Nothing but probes has an isFresh. */
function probed(speeds: Record<string, number | undefined>) {
  const clock = new ManualClock();
  const { http, asked } = stubHttp(({ url }) => {
    const answerMs = speeds[new URL(url).host];
    if (answerMs === undefined) throw new HttpFailure('refused', { sent: false, kind: 'connect' });
    return httpResponse(200, '{"ok":1}', { phases: { answerMs } });
  });
  const urls = ['https://a', 'https://b', 'https://c'];
  const points = createAccessPoints({ urls, http, clock, log: silentLogger, random: () => 0.5 });
  const current = () => points.status().points.find(({ isCurrent }) => isCurrent)?.host;
  const probes = () => asked.filter(({ newConnection }) => newConnection === true).length;
  /** A minute under a little load. */
  const minute = async () => {
    for (let second = 0; second < 60; second += 10) {
      await points.exchange(get);
      await clock.advance(10_000);
    }
  };
  return { points, clock, speeds, current, probes, minute };
}

describe('given access points that are probed', () => {
  test('when nobody calls, or they were not started, or there is one, then nothing is probed and nothing armed', async () => {
    const idle = probed({ a: 10, b: 10, c: 10 });
    idle.points.start();
    expect(idle.clock.pending).toBe(0);
    const still = probed({ a: 10, b: 10, c: 10 });
    for (let minute = 0; minute < 10; minute += 1) await still.minute();
    expect([still.probes(), still.clock.pending]).toEqual([0, 0]);
    const clock = new ManualClock();
    const { http, asked } = stubHttp(() => json({ ok: 1 }));
    const alone = createAccessPoints({ urls: ['https://a'], http, clock, log: silentLogger });
    alone.start();
    await alone.exchange(get);
    await clock.advance(3_600_000);
    expect(asked).toHaveLength(1);
  });

  test('when there are calls, then all are compared every five minutes, and when calls end, so do probes', async () => {
    const { points, clock, probes, minute } = probed({ a: 10, b: 10, c: 10 });
    points.start();
    for (let passed = 0; passed < 16; passed += 1) await minute();
    expect(probes()).toBeGreaterThanOrEqual(9);
    expect(probes()).toBeLessThanOrEqual(12);
    await clock.advance(600_000);
    const before = probes();
    await clock.advance(3_600_000);
    expect(probes()).toBe(before);
    points.stop();
    expect(clock.pending).toBe(0);
  });

  test('when the first becomes clearly slower, then calls leave it, and return once it is about as fast again', async () => {
    const { points, speeds, current, minute } = probed({ a: 50, b: 60, c: 40 });
    points.start();
    for (let passed = 0; passed < 6; passed += 1) await minute();
    expect(current()).toBe('a');
    speeds['a'] = 1_500;
    for (let passed = 0; passed < 12; passed += 1) await minute();
    expect(current()).toBe('b');
    expect(points.status().points[0]).toMatchObject({ trust: 'slow' });
    speeds['a'] = 50;
    for (let passed = 0; passed < 20; passed += 1) await minute();
    expect(current()).toBe('a');
    expect(points.status().switches).toBe(2);
  });

  test('when the first comes and goes, then calls do not go with it', async () => {
    const { points, speeds, clock, minute } = probed({ a: 10, b: 10, c: 10 });
    points.start();
    await points.exchange(get);
    for (let time = 0; time < 20; time += 1) {
      speeds['a'] = time % 2 === 0 ? undefined : 10;
      await points.exchange(get);
      await clock.advance(15_000);
    }
    expect(points.status().switches).toBe(1);
    speeds['a'] = 10;
    for (let passed = 0; passed < 10; passed += 1) await minute();
    expect(points.status()).toMatchObject({ switches: 2, points: [{ isCurrent: true }, {}, {}] });
  });

  test('when all are gone and one comes back, then calls go there at once', async () => {
    const { points, speeds, current } = probed({ a: undefined, b: undefined, c: undefined });
    points.start();
    await expect(points.exchange(get)).rejects.toMatchObject({ sent: false, kind: 'connect' });
    speeds['c'] = 10;
    expect(await points.exchange(get)).toEqual({ ok: 1 });
    expect(current()).toBe('c');
    expect(points.status().points.map(({ trust }) => trust)).toEqual(['failed', 'failed', 'trusted']);
  });
});
