import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttpClient } from '../../../../src/adapters/http/http-client.js';
import { createAccessPoints } from '../../../../src/api/access-points/access-points.js';
import { ApiUnreachable } from '../../../../src/api/api-error.js';
import { createMovableClock } from '../../../../src/sandbox/clock.js';
import type { HttpClient } from '../../../../src/ports/http-client.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { startApiHost, startBlackHole } from '../../../support/wechat/api-hosts.js';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Five access points: the preferred one, a slow one, a black hole, and two good ones. Time is moved, sockets are real. */
async function given() {
  const [preferred, slow, good, last] = await Promise.all(
    ['127.0.0.2', '127.0.0.3', '127.0.0.5', '127.0.0.6'].map(startApiHost),
  );
  if (!preferred || !slow || !good || !last) throw new Error('no hosts');
  const hole = await startBlackHole();
  const clock = createMovableClock();
  const urls = [preferred.url, slow.url, hole.url, good.url, last.url];
  const overSockets = createHttpClient();
  const underWay = new Set<object>();
  const http: HttpClient = async (request) => {
    underWay.add(request);
    const isHole = request.url.startsWith(hole.url);
    return overSockets(isHole ? { ...request, connectMs: 200 } : request).finally(() => {
      underWay.delete(request);
    });
  };
  const points = createAccessPoints({ urls, http, clock, log: silentLogger });
  points.start();
  cleanUps.push(
    ...[preferred, slow, good, last].map((host) => () => host.kill()),
    () => hole.close(),
    () => points.stop(),
  );
  slow.delayMs = 700;

  let sent = 0;
  const failures: unknown[] = [];
  /** One message; resolves with whether it was taken and answered. */
  const send = async (): Promise<boolean> => {
    sent += 1;
    try {
      const body = `{"n":${sent}}`;
      await points.exchange({ method: 'POST', path: '/send', body, idempotent: false, timeoutMs: 5_000 });
      return true;
    } catch (error) {
      failures.push(error);
      return false;
    }
  };
  /** Moves time, and waits for the probes that began: sockets take no moved time. */
  const advance = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    while (underWay.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const sendMany = (count: number) => Promise.all(Array.from({ length: count }, send));
  const taken = () => [preferred, slow, good, last].flatMap((host) => host.taken);
  return {
    points,
    clock,
    advance,
    preferred,
    slow,
    good,
    last,
    send,
    sendMany,
    taken,
    failures,
    sent: () => sent,
  };
}

async function anyTaken(sends: readonly Promise<boolean>[]): Promise<void> {
  await Promise.any(
    sends.map(async (sending) => {
      if (!(await sending)) throw new Error('lost');
    }),
  );
}

describe('given five access points under load, one slow, one a black hole', () => {
  test('when the preferred one is killed and rises, then nothing is sent twice, calls go on within two seconds, and they return once', async () => {
    const { points, clock, advance, preferred, slow, good, send, sendMany, taken, failures, sent } =
      await given();
    for (let batch = 0; batch < 10; batch += 1) await sendMany(8);
    expect(preferred.taken).toHaveLength(80);

    // Some are under way at the moment of its death: taken, and never answered.
    preferred.silent = true;
    const underWay = sendMany(8);
    while (preferred.taken.length < 88) await new Promise((resolve) => setImmediate(resolve));
    const killedAtMs = performance.now();
    await preferred.kill();
    await anyTaken(Array.from({ length: 8 }, send));
    expect(performance.now() - killedAtMs).toBeLessThan(2_000);
    await underWay;
    expect(failures).toHaveLength(8);
    expect(failures.every((error) => error instanceof ApiUnreachable && error.sent)).toBe(true);

    const slowOnes = slow.taken.length;
    for (let second = 0; second < 20; second += 1) {
      expect(await sendMany(4)).toEqual([true, true, true, true]);
      await advance(1_000);
    }
    expect(slow.taken).toHaveLength(slowOnes);
    expect(good.taken.length).toBeGreaterThanOrEqual(80);
    expect(points.status().switches).toBe(1);

    preferred.silent = false;
    await preferred.rise();
    const risenAtMs = clock.now();
    const before = { calls: preferred.taken.length, probes: preferred.probes };
    while (preferred.taken.length === before.calls) {
      expect(await sendMany(2)).toEqual([true, true]);
      await advance(2_000);
      expect(clock.now() - risenAtMs).toBeLessThan(300_000);
    }
    expect(preferred.probes - before.probes).toBeGreaterThanOrEqual(3);
    for (let minute = 0; minute < 10; minute += 1) {
      expect(await sendMany(4)).toEqual([true, true, true, true]);
      await advance(60_000);
    }
    expect(points.status()).toMatchObject({
      switches: 2,
      points: [{ isCurrent: true, trust: 'trusted' }, {}, {}, {}, {}],
    });

    expect(taken()).toHaveLength(sent());
    expect(new Set(taken()).size).toBe(sent());
  });

  test('when the preferred one goes dark under standing connections, then calls go on within two seconds, nothing sent twice', async () => {
    const { points, preferred, send, sendMany, taken, sent } = await given();
    await sendMany(8);
    preferred.silent = true;
    const darkAtMs = performance.now();
    const sends: Promise<boolean>[] = [];
    const ticking = setInterval(() => sends.push(send()), 50);
    cleanUps.push(() => clearInterval(ticking));
    while (points.status().switches === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(ticking);
    sends.push(send());
    await anyTaken(sends);
    expect(performance.now() - darkAtMs).toBeLessThan(2_000);
    await preferred.kill();
    await Promise.all(sends);
    expect(points.status().switches).toBe(1);
    expect(new Set(taken()).size).toBe(taken().length);
    expect(taken()).toHaveLength(sent());
  });
});
