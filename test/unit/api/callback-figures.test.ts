import { describe, expect, test } from '@jest/globals';
import { createCallbackFigures } from '../../../src/api/callback-figures.js';
import type { DateRange } from '../../../src/api/catalogue/statistics.js';
import { ManualClock } from '../../support/time/manual-clock.js';

const HOUR = 3_600_000;

function given({ hasToken = true, fails = false } = {}) {
  // 01:30 in Beijing, the day before in Greenwich.
  const clock = new ManualClock(Date.parse('2026-01-31T17:30:00Z'));
  const asked: DateRange[] = [];
  const state = { hasToken, fails };
  const figures = createCallbackFigures({
    clock,
    hasToken: async () => state.hasToken,
    statistics: {
      callbacks: async (range) => {
        asked.push(range);
        if (state.fails) throw new Error('61503');
        const day = {
          ref_date: range.begin_date,
          callback_count: 4,
          fail_count: 1,
          total_time_cost: 400,
          max_time_cost: 250,
        };
        return { list: [day] };
      },
    },
  });
  return { clock, asked, figures, state };
}

describe("given WeChat's own count of our pushes", () => {
  test('when it is looked at, then nobody waits, and the next look has that of yesterday in Beijing', async () => {
    const { figures, asked, clock } = given();
    expect(figures()).toBeUndefined();
    await clock.advance(0);
    expect(figures()).toEqual({
      date: '2026-01-31',
      pushes: 4,
      failed: 1,
      averageTime: 100,
      longestTime: 250,
    });
    expect(asked).toEqual([{ begin_date: '2026-01-31', end_date: '2026-01-31' }]);
  });

  test('when it is looked at often, then WeChat is asked once for a day, and once an hour while it has nothing', async () => {
    const { figures, asked, clock, state } = given({ fails: true });
    for (let look = 0; look < 5; look += 1) {
      figures();
      await clock.advance(HOUR / 4);
    }
    expect(asked).toHaveLength(2);
    state.fails = false;
    await clock.advance(HOUR);
    for (let look = 0; look < 5; look += 1) {
      figures();
      await clock.advance(HOUR);
    }
    expect(asked).toHaveLength(3);
  });

  test('when there is no token, then none is fetched for it', async () => {
    const { figures, asked, clock, state } = given({ hasToken: false });
    figures();
    await clock.advance(0);
    expect(asked).toEqual([]);
    state.hasToken = true;
    figures();
    await clock.advance(0);
    expect(asked).toHaveLength(1);
  });
});
