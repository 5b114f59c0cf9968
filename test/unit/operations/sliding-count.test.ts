import { describe, expect, test } from '@jest/globals';
import { SlidingCount } from '../../../src/operations/sliding-count.js';
import { ManualClock } from '../../support/time/manual-clock.js';

describe('given a count over five minutes', () => {
  test('when time passes, then what is older is forgotten, and nothing younger', async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const count = new SlidingCount(clock, 300_000);
    count.add();
    await clock.advance(150_000);
    count.add(2);
    expect(count.total()).toBe(3);
    await clock.advance(149_000);
    expect(count.total()).toBeGreaterThanOrEqual(2);
    await clock.advance(11_000);
    expect(count.total()).toBe(2);
    await clock.advance(3_600_000);
    expect(count.total()).toBe(0);
  });

  test('when the clock is set back, then nothing is counted twice and nothing is lost', async () => {
    let nowMs = 1_700_000_000_000;
    const clock = { now: () => nowMs, schedule: () => () => undefined };
    const count = new SlidingCount(clock, 300_000);
    count.add();
    nowMs -= 60_000;
    count.add();
    expect(count.total()).toBe(2);
  });
});
