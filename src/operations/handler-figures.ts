import type { Clock } from '../ports/clock.js';
import type { ServerEvent } from '../ports/events.js';

/** Number of durations kept per handler, for its percentiles. */
const MAX_TIMES = 256;

/** Figures of a handler since the start of this process. Durations are of its last 256 runs. */
export interface HandlerFigure {
  readonly name: string;
  readonly calls: number;
  readonly errors: number;
  readonly lastError?: { readonly name: string; readonly atMs: number };
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Kept {
  calls: number;
  errors: number;
  lastError?: { name: string; atMs: number };
  readonly times: number[];
}

/** Counts calls, errors and times of each handler, for `/status`. */
export class HandlerFigures {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly listener = (event: ServerEvent): void => {
    if (event.type !== 'handler.ended') return;
    const kept = this.#kept.get(event.handler) ?? { calls: 0, errors: 0, times: [] };
    this.#kept.set(event.handler, kept);
    kept.times[kept.calls % MAX_TIMES] = event.ms;
    kept.calls += 1;
    if (event.result === 'ok') return;
    kept.errors += 1;
    kept.lastError = { name: event.error ?? 'Error', atMs: this.#clock.now() };
  };

  figures(): readonly HandlerFigure[] {
    return [...this.#kept].map(([name, { calls, errors, lastError, times }]) => {
      const sorted = times.toSorted((a, b) => a - b);
      return {
        name,
        calls,
        errors,
        ...(lastError !== undefined && { lastError }),
        p50Ms: percentile(sorted, 0.5),
        p99Ms: percentile(sorted, 0.99),
      };
    });
  }
}

const percentile = (sorted: readonly number[], part: number): number =>
  Math.round(sorted[Math.ceil(part * sorted.length) - 1] ?? 0);
