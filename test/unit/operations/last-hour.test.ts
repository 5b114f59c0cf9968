import { describe, expect, test } from '@jest/globals';
import { LastHour } from '../../../src/operations/last-hour.js';
import { TimeHistogram } from '../../../src/operations/time-histogram.js';
import type { PushOutcome, ServerEvent } from '../../../src/ports/events.js';
import { ManualClock } from '../../support/time/manual-clock.js';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 1, 8);

const answered = (outcome: PushOutcome, ms: number): ServerEvent => ({
  type: 'push.answered',
  account: 'default',
  kind: 'message.text',
  outcome,
  handler: 'echo',
  pushId: 'msg-1',
  ms,
});
const refused = (signed: boolean): ServerEvent => ({
  type: 'request.refused',
  account: 'default',
  reason: 'signature_mismatch',
  signed,
  remote: '203.0.113.9',
});

describe('given the figures of the last hour', () => {
  test('when pushes are answered and refused, then each counts in its minute, under its outcome', async () => {
    const clock = new ManualClock(START_MS);
    const hour = new LastHour(clock);
    for (const event of [answered('replied', 10), answered('replied', 12), answered('held', 5_000)])
      hour.listener(event);
    await clock.advance(MINUTE_MS);
    for (const event of [answered('threw', 40), refused(true), refused(false)]) hour.listener(event);

    const { minutes, p50Ms } = hour.figures();
    expect(minutes).toHaveLength(60);
    expect(minutes.at(-2)).toMatchObject({ atMs: START_MS, pushes: { replied: 2, held: 1 } });
    expect(minutes.at(-1)).toMatchObject({ atMs: START_MS + MINUTE_MS, pushes: { threw: 1, refused: 1 } });
    expect(minutes.at(-2)?.p99Ms).toBeLessThan(14); // the held one has no answer
    expect(p50Ms).toBeGreaterThanOrEqual(12);
  });

  test('when an hour and more has gone by, then what was before it counts no more', async () => {
    const clock = new ManualClock(START_MS);
    const hour = new LastHour(clock);
    hour.listener(answered('replied', 10));
    await clock.advance(59 * MINUTE_MS);
    expect(hour.figures().minutes[0]?.pushes).toEqual({ replied: 1 });
    await clock.advance(MINUTE_MS);
    hour.listener(answered('silent', 20)); // takes the place of the minute an hour before
    const { minutes } = hour.figures();
    expect(minutes.map(({ pushes }) => pushes).filter((pushes) => Object.keys(pushes).length > 0)).toEqual([
      { silent: 1 },
    ]);
    await clock.advance(100 * MINUTE_MS);
    expect(hour.figures()).not.toHaveProperty('p50Ms');
  });
});

describe('given many durations', () => {
  test('when percentiles are asked for, then they are at most a tenth too long', () => {
    const times = new TimeHistogram();
    for (let ms = 1; ms <= 5_000; ms += 1) times.add(ms);
    for (const part of [0.01, 0.5, 0.9, 0.99, 1]) {
      const exact = part * 5_000;
      expect(times.percentile(part)).toBeGreaterThanOrEqual(exact - 1);
      expect(times.percentile(part)).toBeLessThanOrEqual(exact * 1.1 + 1);
    }
  });

  test.each([0, 0.2, 10_000_000])('when one took %d ms, then it has a place', (ms) => {
    const times = new TimeHistogram();
    times.add(ms);
    expect(times.percentile(0.99)).toBe(ms < 1 ? 1 : 63_322);
  });
});
