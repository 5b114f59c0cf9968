import { describe, expect, test } from '@jest/globals';
import { assert, asyncProperty, array, constantFrom, double, oneof, record } from 'fast-check';
import {
  Counter,
  Histogram,
  Registry,
  type OpenMetricsContentType,
  type PrometheusContentType,
} from 'prom-client';
import { PushCounter, PushHistogram } from '../../../src/operations/push-metrics.js';

const about = { help: 'Help.', labelNames: ['account', 'outcome'] };
const buckets = [0.005, 0.1, 1, 5];
const events = array(
  record({
    account: constantFrom('default', 'a', ''),
    outcome: constantFrom('replied', '"quoted"\n', 'toString'),
    seconds: oneof(constantFrom(0, ...buckets, 6), double({ min: 0, max: 10, noNaN: true })),
  }),
);

/** Returns the text of a registry with two metrics of this kind after the events. */
async function textOf(kinds: 'ours' | 'prom-client', seen: readonly Seen[], openMetrics: boolean) {
  const register = new Registry<PrometheusContentType | OpenMetricsContentType>();
  const registers = [register];
  if (kinds === 'ours') {
    const counter = new PushCounter({ name: 'pushes', ...about, registers });
    const histogram = new PushHistogram({ name: 'time', ...about, buckets, registers });
    for (const { account, outcome, seconds } of seen) {
      counter.counts.at(account).at(outcome).figure.count += 1;
      histogram.distributions.at(account).at(outcome).figure.observe(seconds);
    }
  } else {
    const counter = new Counter({ name: 'pushes', ...about, registers });
    const histogram = new Histogram({ name: 'time', ...about, buckets, registers });
    for (const { account, outcome, seconds } of seen) {
      counter.inc({ account, outcome });
      histogram.observe({ account, outcome }, seconds);
    }
  }
  register.setContentType(openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE);
  // Read twice: a reading must not count again.
  await register.metrics();
  return (await register.metrics()).split('\n').toSorted();
}

type Seen = { readonly account: string; readonly outcome: string; readonly seconds: number };

describe('given the metrics that every push changes', () => {
  test.each([false, true])(
    'when they are read, then their text is what prom-client makes of the same events (OpenMetrics: %s)',
    async (openMetrics) => {
      await assert(
        asyncProperty(events, async (seen) => {
          expect(await textOf('ours', seen, openMetrics)).toEqual(
            await textOf('prom-client', seen, openMetrics),
          );
        }),
      );
    },
  );
});
