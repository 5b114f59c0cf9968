import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiRefused, ApiUnreachable, SecretMissing } from '../../../src/api/api-error.js';
import { SEND_PATH } from '../../../src/api/client.js';
import { decideRetry, type NextStep } from '../../../src/api/retry-policy.js';
import type { RetryCounts } from '../../../src/push-record/push-record.js';
import { classOf } from '../../../src/protocol/errcodes.js';

const PUSHED = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const middle = () => 0.5;
const fresh: RetryCounts = { failures: 0, waits: 0 };

const refused = (errcode: number, endpoint = SEND_PATH) =>
  new ApiRefused(endpoint, {
    errcode,
    text: 'why',
    rid: '5f3e3696-11e78743-10655b48',
    errorClass: classOf(errcode),
  });
const noConnection = new ApiUnreachable(SEND_PATH, 'ECONNREFUSED', { sent: false });
const next = (error: unknown, retries = fresh, afterMs = 0, random = middle) =>
  decideRetry(error, retries, { nowMs: PUSHED + afterMs, pushedAtMs: PUSHED }, random);

/** Fails the same way until the message is dead; the pauses between. */
function pausesUntilDead(error: unknown, startMs = 0): { pauses: number[]; end: NextStep } {
  const pauses: number[] = [];
  let retries = fresh;
  let elapsedMs = startMs;
  for (;;) {
    const step = next(error, retries, elapsedMs);
    if (step.type !== 'retry') return { pauses, end: step };
    pauses.push(step.afterMs);
    retries = step.retries;
    elapsedMs += step.afterMs;
  }
}

describe('given a message whose send failed', () => {
  test('when WeChat was busy, then it goes again after 1, 2, 4, 8, 16 s and is given up after that', () => {
    const { pauses, end } = pausesUntilDead(refused(-1));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(end).toMatchObject({ type: 'dead', reason: 'busy' });
  });

  test('when it goes again, then the pause is at most a fifth off', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.integer({ min: 0, max: 4 }),
        (chance, failures) => {
          const step = next(refused(-1), { failures, waits: 0 }, 0, () => chance);
          if (step.type !== 'retry') throw new Error('given up');
          expect(step.afterMs).toBeGreaterThanOrEqual(800 * 2 ** failures);
          expect(step.afterMs).toBeLessThanOrEqual(1_200 * 2 ** failures);
        },
      ),
    );
    expect(next(refused(-1), fresh, 0, () => 0)).toMatchObject({ afterMs: 800 });
  });

  test('when the minute limit is reached, then it waits a minute, thirty times uncounted and then five counted', () => {
    const { pauses, end } = pausesUntilDead(refused(45011));
    expect(pauses).toEqual(Array.from({ length: 35 }, () => 60_000));
    expect(end).toMatchObject({ type: 'dead', reason: 'busy' });
    expect(next(refused(45011), { failures: 3, waits: 0 })).toMatchObject({
      retries: { failures: 3, waits: 1 },
    });
  });

  test('when no connection could be made, then it goes on, a minute apart at most, until 48 h after the push', () => {
    const { pauses, end } = pausesUntilDead(noConnection);
    expect(pauses.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThanOrEqual(48 * HOUR);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(48 * HOUR + 60_000);
    expect(end).toMatchObject({ type: 'dead', reason: 'unreachable' });
  });

  test('when it left and no answer came, then it is ambiguous, however early', () => {
    const lost = new ApiUnreachable(SEND_PATH, 'HTTP 502', { sent: true });
    expect(next(lost)).toMatchObject({ type: 'ambiguous' });
    expect(next(lost, fresh, 50 * HOUR)).toMatchObject({ type: 'ambiguous' });
  });

  test('when the answer to the token call was lost, then the message had not left and goes again', () => {
    const lost = new ApiUnreachable('/cgi-bin/stable_token', 'HTTP 502', { sent: true });
    expect(next(lost)).toMatchObject({ type: 'retry', retries: { failures: 0, waits: 1 } });
  });

  test.each([
    ['a token refused twice', refused(40001)],
    ['no secret', new SecretMissing()],
  ])('when the trouble is %s, then it goes again five times and dies of "config"', (_name, error) => {
    const { pauses, end } = pausesUntilDead(error);
    expect(pauses).toHaveLength(5);
    expect(end).toMatchObject({ type: 'dead', reason: 'config' });
  });

  test.each([
    ['a wrong secret', refused(40125, '/cgi-bin/stable_token')],
    ['an address that is not whitelisted', refused(40164, '/cgi-bin/stable_token')],
  ])(
    'when no token can be had because of %s, then it waits as long as the window may be open',
    (_name, error) => {
      const { pauses, end } = pausesUntilDead(error);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(60_000);
      expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(48 * HOUR);
      expect(end).toMatchObject({ type: 'dead', reason: 'config' });
    },
  );

  test.each([
    [45015, 'window-closed'],
    [45047, 'window-closed'],
    [48001, 'permission'],
    [45002, 'bad-request'],
    [45009, 'quota-exhausted'],
    [99999, 'bad-request'],
  ])('when errcode %i comes, then it is dead of "%s" at once', (errcode, reason) => {
    const step = next(refused(errcode));
    expect(step).toMatchObject({ type: 'dead', reason });
    expect(step).toMatchObject({
      detail: expect.stringContaining(`errcode ${errcode} why; rid 5f3e3696-11e78743-10655b48`),
    });
  });

  test('when the table has advice, then the detail ends with it', () => {
    expect(next(refused(48001))).toMatchObject({ detail: expect.stringMatching(/; [A-Z].{10,}$/) });
  });

  test('when the error is a bug, then nobody knows what was sent', () => {
    expect(next(new TypeError('oops'))).toEqual({ type: 'ambiguous', detail: 'TypeError' });
  });
});
