import { describe, expect, test } from '@jest/globals';
import { createKeyGuesses } from '../../../src/http/key-guesses.js';
import { captureLog } from '../../support/app/handler-runtime.js';
import { ManualClock } from '../../support/time/manual-clock.js';

describe('given somebody who guesses the key of the admin listener', () => {
  test('when ten different keys were wrong, then no more is looked at from there for a minute, and the log says so once', async () => {
    const clock = new ManualClock(0);
    const log = captureLog();
    const guesses = createKeyGuesses(clock, log);
    for (let guess = 0; guess < 12; guess += 1) guesses.note('203.0.113.9', `key ${guess}`);
    expect(guesses.isBlocked('203.0.113.9')).toBe(true);
    expect(guesses.isBlocked('203.0.113.10')).toBe(false);
    expect(log.lines).toHaveLength(1);
    expect(JSON.stringify(log.lines)).not.toContain('key 1');
    await clock.advance(60_000);
    expect(guesses.isBlocked('203.0.113.9')).toBe(false);
  });

  test('when a client shows the same stale key again and again, then it is not blocked', () => {
    const guesses = createKeyGuesses(new ManualClock(0), captureLog());
    for (let time = 0; time < 100; time += 1) guesses.note('203.0.113.9', 'stale');
    expect(guesses.isBlocked('203.0.113.9')).toBe(false);
  });
});
