import { describe, expect, test } from '@jest/globals';
import { measureAccessPoints, recommendedOrder } from '../../../../src/api/access-points/measure.js';
import { HttpFailure, httpResponse, type HttpRequest } from '../../../../src/ports/http-client.js';
import { ManualClock } from '../../../support/time/manual-clock.js';
import { stubHttp } from '../stub-http.js';

/** Hosts that take so many milliseconds, one number for each round; `undefined`: refused. */
async function measured(hosts: Record<string, (number | undefined)[]>, rounds = 3) {
  const left = structuredClone(hosts);
  const { http, asked } = stubHttp(({ url }: HttpRequest) => {
    const answerMs = left[new URL(url).host]?.shift();
    if (answerMs === undefined) throw new HttpFailure('refused', { sent: false, kind: 'connect' });
    return httpResponse(200, '{"errcode":41001}', {
      phases: { dnsMs: 500, connectMs: 1, tlsMs: 2, answerMs },
    });
  });
  const urls = Object.keys(hosts).map((host) => `https://${host}`);
  const points = await measureAccessPoints(urls, rounds, { http, clock: new ManualClock() });
  return { points, asked, order: recommendedOrder(points).map(({ url }) => new URL(url).host) };
}

describe('given hosts to be measured', () => {
  test('when they answer, then the medians are told, and each probe has a connection of its own and no token', async () => {
    const { points, asked } = await measured({ a: [10, 900, 20] });
    expect(points).toEqual([
      {
        url: 'https://a',
        answered: 3,
        failures: {},
        dnsMs: 500,
        connectMs: 1,
        tlsMs: 2,
        answerMs: 20,
        totalMs: 23,
      },
    ]);
    expect(asked.every(({ newConnection, url }) => newConnection === true && !url.includes('?'))).toBe(true);
  });

  test('when some fail, then it is told how often by what', async () => {
    const { points } = await measured({ a: [10, undefined, undefined] });
    expect(points[0]).toMatchObject({ answered: 1, failures: { connect: 2 } });
    expect((await measured({ a: [] })).points).toEqual([
      { url: 'https://a', answered: 0, failures: { connect: 3 } },
    ]);
  });

  test.each([
    ['about the same', { a: [60, 60, 60], b: [50, 50, 50], c: [55, 55, 55] }, ['a', 'b', 'c']],
    ['one clearly fastest', { a: [200, 200, 200], b: [90, 90, 90], c: [60, 60, 60] }, ['c', 'b', 'a']],
    ['the fastest unreliable', { a: [200, 200, 200], b: [1, undefined, 1] }, ['a', 'b']],
    ['none', { b: [], a: [] }, ['b', 'a']],
  ])('when they are %s, then this is their order', async (_name, hosts, order) => {
    expect((await measured(hosts)).order).toEqual(order);
  });
});
