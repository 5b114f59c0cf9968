import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/**
 * The suites that take longest, longest first; most of them wait for real time. A long suite that begins last would run
 * alone while the other cores stand still.
 */
const LONGEST = [
  'test/e2e/redis-outage.test.ts',
  'test/e2e/gateway.test.ts',
  'test/e2e/package.test.ts',
  'test/e2e/metrics-book.test.ts',
  'test/e2e/late-answer.test.ts',
  'test/sandbox/our-server.test.ts',
  'test/e2e/late-answers-killed.test.ts',
  'test/e2e/report.test.ts',
  'test/browser/operator-page.test.ts',
  'test/e2e/two-processes.test.ts',
  'test/e2e/replay.test.ts',
  'test/e2e/processes.test.ts',
  'test/e2e/redis-failover.test.ts',
  'test/e2e/redis-access.test.ts',
  'test/e2e/cli.test.ts',
  'test/e2e/kills-embedded.test.ts',
  'test/e2e/overlapping-attempts.test.ts',
  'test/contract/fallback.test.ts',
  'test/http/mounted.test.ts',
  'test/e2e/clock-step.test.ts',
  'test/e2e/kills-redis.test.ts',
  'test/contract/redis-worker-crash.test.ts',
  'test/browser/page-looks.test.ts',
  'test/browser/chat-page.test.ts',
  'test/e2e/token-processes.test.ts',
  'test/e2e/process.test.ts',
  'test/http/slow-senders.test.ts',
  'test/soak/soak.test.ts',
  'test/alarms/alarms.test.ts',
  'test/unit/pipeline/model.test.ts',
  'test/unit/pipeline/passive-only.test.ts',
];

// @ts-expect-error Its types are those of its CommonJS build, where the class is the default of the default.
export default class LongestFirst extends TestSequencer {
  /** @throws where the list above names a suite that is not there: it was moved or renamed */
  sort(tests) {
    const gone = LONGEST.filter((name) => !existsSync(resolve(name)));
    if (gone.length > 0)
      throw new Error(`test/support/jest/longest-first.mjs names what is not there: ${gone.join(', ')}`);
    const placeOf = ({ path }) => {
      const place = LONGEST.findIndex((name) => path.endsWith(`/${name}`));
      return place < 0 ? LONGEST.length : place;
    };
    return super.sort(tests).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
