import { expect, test } from '@jest/globals';
import { soak } from '../support/proof/run-soak.js';

/** Half an hour of it is `npm run prove -- soak`. */
test.each(['embedded', 'Redis'] as const)(
  'given a built server (%s) and followers who type at a steady rate, when ten seconds have passed, then the books balance, and handles do not grow',
  async (storage) => {
    const part = await soak({ storage, perSecond: 20, forMs: 10_000, sampleEveryMs: 500 });
    // A process that has just started still grows.
    expect(part.broken.filter((claim) => !claim.startsWith('memory'))).toEqual([]);
  },
  180_000,
);
