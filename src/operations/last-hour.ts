import { wallTime, type Clock } from '../ports/clock.js';
import type { PushOutcome } from '../ports/events.js';
import type { EventListener } from './event-bus.js';
import { TimeHistogram } from './time-histogram.js';

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** `refused`: a request with a signature, which may have been WeChat's. */
export type CountedOutcome = PushOutcome | 'refused';

/** Pushes of one minute. Outcomes that did not occur are absent. */
export interface MinuteFigures {
  /** Start of the minute. */
  readonly atMs: number;
  readonly pushes: Readonly<Partial<Record<CountedOutcome, number>>>;
  /** Answer time in ms, from the first byte; absent if nothing was answered. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** The last 60 minutes of this process. */
export interface HourFigures {
  /** Oldest first, the current minute last. */
  readonly minutes: readonly MinuteFigures[];
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

interface Minute {
  number: number;
  pushes: Map<CountedOutcome, number>;
  readonly times: TimeHistogram;
}

/** Counts pushes per minute by outcome, and their answer times, for the operator's page. Its memory is bounded. */
export class LastHour {
  readonly #clock: Clock;
  readonly #ring: Minute[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly listener: EventListener = (event) => {
    if (event.type === 'push.answered') {
      const minute = this.#present();
      count(minute, event.outcome);
      // A held attempt gets no answer, so it has no response time.
      if (event.outcome !== 'held') minute.times.add(event.ms);
    } else if (event.type === 'request.refused' && event.signed) {
      count(this.#present(), 'refused');
    }
  };

  figures(): HourFigures {
    const newest = this.#number();
    const hour = new TimeHistogram();
    const minutes = Array.from({ length: MINUTES }, (_, index): MinuteFigures => {
      const number = newest - MINUTES + 1 + index;
      const kept = this.#ring[number % MINUTES];
      const atMs = number * MINUTE_MS;
      if (kept?.number !== number) return { atMs, pushes: {} };
      hour.addAll(kept.times);
      return { atMs, pushes: Object.fromEntries(kept.pushes), ...percentiles(kept.times) };
    });
    return { minutes, ...percentiles(hour) };
  }

  #number(): number {
    return Math.floor(wallTime(this.#clock) / MINUTE_MS);
  }

  #present(): Minute {
    const number = this.#number();
    const place = number % MINUTES;
    const kept = (this.#ring[place] ??= { number, pushes: new Map(), times: new TimeHistogram() });
    if (kept.number !== number) {
      kept.number = number;
      kept.pushes.clear();
      kept.times.clear();
    }
    return kept;
  }
}

function count({ pushes }: Minute, outcome: CountedOutcome): void {
  pushes.set(outcome, (pushes.get(outcome) ?? 0) + 1);
}

function percentiles(times: TimeHistogram): { p50Ms?: number; p99Ms?: number } {
  const p50Ms = times.percentile(0.5);
  const p99Ms = times.percentile(0.99);
  return p50Ms === undefined || p99Ms === undefined ? {} : { p50Ms, p99Ms };
}
