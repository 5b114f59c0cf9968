import { describe, expect, test } from '@jest/globals';
import { createGivenTokens, withGiven, type GivenToken } from '../../../src/api/given-tokens.js';
import { ManualClock } from '../../support/time/manual-clock.js';

const HOUR = 3_600_000;

describe('given tokens that were given out', () => {
  test('when a day has passed since their end, then they are no longer ours', async () => {
    const clock = new ManualClock();
    const tokens = createGivenTokens({ clock });
    tokens.note('T1');
    await clock.advance(25 * HOUR);
    expect([await tokens.has('T1'), await tokens.has('T2')]).toEqual([true, false]);
    await clock.advance(2 * HOUR);
    expect(await tokens.has('T1')).toBe(false);
  });

  test('when another process gave one out, then the store vouches for it; while it is away, nobody can say', async () => {
    const clock = new ManualClock();
    const given: readonly GivenToken[] = withGiven([], 'THEIRS', clock.now());
    let isAway = false;
    const stored = async () => {
      if (isAway) throw new Error('away');
      return given;
    };
    const tokens = createGivenTokens({ clock, stored });
    expect([await tokens.has('THEIRS'), await tokens.has('STRANGER')]).toEqual([true, false]);
    isAway = true;
    await expect(tokens.has('THEIRS')).rejects.toThrow('away');
  });

  test('when they are stored, then only as digests, each once, a hundred at most', () => {
    const clock = new ManualClock();
    let given: readonly GivenToken[] = [];
    for (let n = 0; n < 150; n += 1) given = withGiven(given, `SECRET-${n % 120}`, clock.now());
    expect(given).toHaveLength(100);
    expect(new Set(given.map(([digest]) => digest)).size).toBe(100);
    expect(JSON.stringify(given)).not.toContain('SECRET');
  });
});
