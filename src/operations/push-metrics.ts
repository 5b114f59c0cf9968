import { Counter, Histogram, type CounterConfiguration } from 'prom-client';
import { LabelTree } from './label-tree.js';

interface PushMetricConfiguration {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registers: NonNullable<CounterConfiguration<string>['registers']>;
}

/**
 * A counter for the hot path. prom-client joins and hashes the labels of each `inc`; this one does so only at a scrape.
 */
export class PushCounter extends Counter {
  /** By the labels, in the order of their names. */
  readonly counts = new LabelTree(() => ({ count: 0 }));

  constructor(configuration: PushMetricConfiguration) {
    super({
      ...configuration,
      collect: () => {
        this.reset();
        for (const [labels, { count }] of this.counts.entries())
          this.inc(named(configuration.labelNames, labels), count);
      },
    });
  }
}

/** A histogram for the hot path. */
export class PushHistogram extends Histogram {
  /** By the labels, in the order of their names. */
  readonly distributions: LabelTree<Distribution>;
  readonly #configuration: PushMetricConfiguration;

  constructor(configuration: PushMetricConfiguration & { readonly buckets: number[] }) {
    super(configuration);
    this.#configuration = configuration;
    this.distributions = new LabelTree(() => new Distribution(configuration.buckets));
  }

  /** prom-client calls it at each scrape, in every output format. */
  async getForPromString(): Promise<object> {
    const { name, help, labelNames } = this.#configuration;
    const values: object[] = [];
    for (const [labelValues, distribution] of this.distributions.entries()) {
      const labels = named(labelNames, labelValues);
      for (const [le, value] of distribution.cumulated())
        values.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value });
      values.push({ metricName: `${name}_sum`, labels, value: distribution.sum });
      values.push({ metricName: `${name}_count`, labels, value: distribution.count });
    }
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

/** Counts the values within each bound. */
class Distribution {
  readonly #bounds: readonly number[];
  /** Values above the previous bound; the last count is for values above all bounds. */
  readonly #counts: number[];
  sum = 0;
  count = 0;

  /** @param bounds  ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let index = 0;
    while (value > this.#bounds[index]!) index += 1;
    this.#counts[index]! += 1;
    this.sum += value;
    this.count += 1;
  }

  *cumulated(): Generator<[bound: number | '+Inf', count: number]> {
    let count = 0;
    for (const [index, bound] of this.#bounds.entries()) yield [bound, (count += this.#counts[index]!)];
    yield ['+Inf', this.count];
  }
}

const named = (names: readonly string[], values: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name, index) => [name, values[index]!]));
