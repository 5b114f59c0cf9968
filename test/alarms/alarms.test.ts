import { describe, expect, test } from '@jest/globals';
import { incidents } from './incidents.js';
import { playHealthyWeek } from './healthy-week.js';
import { playIncident } from './play-incident.js';

/** A week, and more of them, are `npm run prove -- alarms`. */
const DAYS = 3;

describe('given our server, whole, and the sandbox that raises WeChat’s alarm by its own count', () => {
  test.each(incidents(2_000).map((incident) => [incident.name, incident] as const))(
    'when %s, then our alarm comes first',
    async (_name, incident) => {
      const { broken } = await playIncident(incident);
      expect(broken).toEqual([]);
    },
    120_000,
  );
});

describe('given an account that is well', () => {
  test('when days pass with their nights, lunch hours and mass messages, then there is no alarm', async () => {
    const { pushes, alarms, platform } = await playHealthyWeek(DAYS, 1);
    expect({ alarms, platform }).toEqual({ alarms: [], platform: [] });
    expect(pushes).toBeGreaterThan(1_000);
  }, 240_000);
});
