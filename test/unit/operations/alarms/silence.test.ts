import { describe, expect, test } from '@jest/globals';
import { SilenceWatch } from '../../../../src/operations/alarms/silence.js';
import { ManualClock } from '../../../support/time/manual-clock.js';
import { seeded } from '../../../soak/traffic.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Pushes an hour by the hour of the day in Beijing. */
const PER_HOUR = [6, 3, 2, 2, 2, 3, 8, 20, 40, 50, 50, 60, 120, 120, 60, 50, 50, 60, 70, 80, 90, 80, 40, 15];

/** How often silence was reported in a week of pushes that come at random, as those of many users do. */
function falseAlarms(seed: number, share: number): number {
  const random = seeded(seed);
  const clock = new ManualClock(Date.UTC(2026, 5, 1, 4));
  const watch = new SilenceWatch(clock, 30 * MINUTE);
  const endMs = clock.now() + 7 * 24 * HOUR;
  let alarms = 0;
  while (clock.now() < endMs) {
    let wasTooLong = false;
    for (let isSilent = true; isSilent;) {
      const perHour = (PER_HOUR[new Date(clock.now() + 8 * HOUR).getUTCHours()] ?? 1) * share;
      clock.setBack(-MINUTE);
      wasTooLong ||= watch.tooLongMs() !== undefined;
      isSilent = random() < Math.exp(-perHour / 60) && clock.now() < endMs;
    }
    if (wasTooLong) alarms += 1;
    watch.heard();
  }
  return alarms;
}

describe('given weeks in which pushes come at random, few by night and more by day', () => {
  test('when they are the first of an account, then hardly one is taken for silent', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 40; seed += 1) alarms += falseAlarms(seed, 0.1);
    expect(alarms).toBeLessThanOrEqual(1);
  });
});
