import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Host } from '../../../../src/api/access-points/host.js';

const PROBED = { isProbed: true };

describe('given an access point', () => {
  test.each(['dns', 'connect', 'tls', 'connect-timeout', 'answer-timeout', 'invalid-url'] as const)(
    'when it fails by %s, then its trust is gone at once, and for the one who asks first',
    (kind) => {
      const host = new Host('https://a');
      expect([host.failed(kind, 0), host.failed(kind, 1), host.trust]).toEqual([true, false, 'failed']);
    },
  );

  test('when it answers oddly, then only the third time in a row counts', () => {
    const host = new Host('https://a');
    host.failed('not-json', 0);
    host.failed('server-error', 0);
    host.answered();
    host.failed('connection-lost', 0);
    host.failed('not-json', 0);
    expect(host.isHealthy).toBe(true);
    expect(host.failed('too-large', 0)).toBe(true);
  });

  test('when it failed, then it needs three good probes in a row and thirty seconds', () => {
    const host = new Host('https://a');
    host.failed('connect', 0);
    for (const atMs of [1, 2]) host.probed(10, 10, atMs);
    host.failed('connect', 3);
    for (const atMs of [4, 5]) host.probed(10, 10, atMs);
    expect(host.recover(40_000, PROBED)).toBe(false);
    host.probed(10, 10, 40_000);
    expect(host.recover(30_002, PROBED)).toBe(false);
    expect(host.recover(30_003, PROBED)).toBe(true);
    expect(host.recover(30_003, PROBED)).toBe(false);
  });

  test('when it fails soon after its return, then it rests twice as long, ten minutes at most', () => {
    const host = new Host('https://a');
    let nowMs = 0;
    const rests: number[] = [];
    for (let time = 0; time < 7; time += 1) {
      host.failed('connect', nowMs);
      const lostAtMs = nowMs;
      while (!host.recover(nowMs, { isProbed: false })) nowMs += 1_000;
      rests.push((nowMs - lostAtMs) / 1_000);
    }
    expect(rests).toEqual([30, 60, 120, 240, 480, 600, 600]);
    nowMs += 300_000;
    host.failed('connect', nowMs);
    expect(host.recover(nowMs + 30_000, { isProbed: false })).toBe(true);
  });

  test('when it is much slower than another twice in a row, then it counts as slow until it is about as fast', () => {
    const host = new Host('https://a');
    expect([
      host.probed(50, 40, 0),
      host.probed(2_000, 40, 1),
      host.isDoubtful,
      host.probed(2_000, 40, 2),
    ]).toEqual([false, false, true, true]);
    expect(host.trust).toBe('slow');
    let probes = 0;
    for (let atMs = 60_000; !host.recover(atMs, PROBED); atMs += 10_000) {
      host.probed(50, 40, atMs);
      probes += 1;
    }
    expect(probes).toBeGreaterThanOrEqual(3);
    expect(host.answerMs).toBeLessThanOrEqual(160);
  });

  test('when probes scatter around the same time, then it is never called slow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 40, max: 200 })), (times) => {
        const host = new Host('https://a');
        for (const ms of times) host.probed(ms, 40, 0);
        expect(host.isHealthy).toBe(true);
      }),
    );
  });
});
