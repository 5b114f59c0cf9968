/** One sample of `/metrics`. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The samples of one or several processes, read as text. */
export class MetricSamples {
  readonly #samples: readonly Sample[];

  constructor(texts: readonly string[]) {
    this.#samples = texts.flatMap((text) => text.split('\n')).flatMap(sampleIn);
  }

  /** All values of a metric under these labels, added up. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.#of(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** The same for each value of one label. */
  by(label: string, name: string, labels: Readonly<Record<string, string>> = {}): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { labels: found, value } of this.#of(name, labels)) {
      const key = found[label] ?? '';
      sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  }

  /** One value for each process. */
  each(name: string, labels: Readonly<Record<string, string>> = {}): number[] {
    return this.#of(name, labels).map(({ value }) => value);
  }

  #of(name: string, labels: Readonly<Record<string, string>>): readonly Sample[] {
    return this.#samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, is]) => sample.labels[label] === is),
    );
  }
}

function sampleIn(line: string): Sample[] {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) return [];
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', is = '']) => [label, is] as const);
  return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
}
