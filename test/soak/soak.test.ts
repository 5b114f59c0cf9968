import { describe, expect, test } from '@jest/globals';
import { weekCases } from './cases.js';
import { runSoak } from './run-soak.js';
import { judgeSoak } from './oracle.js';

/** All seven, on two servers of which none dies too, are `npm run prove -- week`. */
const DAYS = 1;

describe.each(weekCases(DAYS, ['embedded']))('given $on', ({ when, options, broken }) => {
  test(`when ${when}`, async () => {
    const { faults, figures } = judgeSoak(await runSoak(options));
    // The first few say enough.
    expect(faults.slice(0, 10)).toEqual([]);
    expect(broken(figures)).toEqual([]);
  }, 900_000);
});
