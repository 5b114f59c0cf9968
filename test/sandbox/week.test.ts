import { describe, expect, test } from '@jest/globals';
import { weekCases } from './support/week-cases.js';
import { tellWeek } from './support/week-story.js';
import { judgeWeek } from './support/week-verdict.js';

/** All seven are `npm run prove -- week`. */
const DAYS = 2;

describe.each(weekCases(DAYS))('given $on', ({ when, options, broken }) => {
  test(`when ${when}`, async () => {
    const { faults, figures } = judgeWeek(await tellWeek(options));
    // The first few say enough.
    expect(faults.slice(0, 10)).toEqual([]);
    expect(broken(figures)).toEqual([]);
  }, 900_000);
});
