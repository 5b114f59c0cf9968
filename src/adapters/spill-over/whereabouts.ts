import type { Clock } from '../../ports/clock.js';
import type { Standing } from '../../ports/state-store.js';

interface Guard {
  readonly id: string;
  readonly use: string;
}

/** A record that is here and not in Redis. */
export interface Stay {
  /** When the record expires unless it is changed. */
  readonly untilMs: number;
  /** What its tries used up while it was here. */
  readonly guards: readonly Guard[];
  /** Where it was last said to stand. */
  readonly sender?: Standing;
}

/** Longer than a run may take to answer passively; after that nobody asks where its job is. */
const JOB_REMEMBERED_MS = 60_000;
const MOST_GUARDS = 3;
const SWEEP_EVERY = 1_024;

/**
 * What of this process's work is where: records that the journal keeps now, and jobs that Redis has or may have.
 * A record's key ends with its job's id, after the last colon.
 */
export class Whereabouts {
  readonly #clock: Clock;
  readonly #here = new Map<string, Stay>();
  readonly #idsHere = new Set<string>();
  /** Job id to when it may be forgotten, in the order of both. */
  readonly #there = new Map<string, number>();
  #untilSweep = SWEEP_EVERY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get recordsHere(): ReadonlyMap<string, Stay> {
    return this.#here;
  }

  recordIsHere(key: string): boolean {
    return this.#here.has(key);
  }

  recordOfJobIsHere(jobId: string): boolean {
    return this.#idsHere.has(jobId);
  }

  jobMayBeThere(key: string): boolean {
    return (this.#there.get(jobIdOf(key)) ?? 0) > this.#clock.now();
  }

  keep(
    key: string,
    untilMs: number,
    news: { guard?: Guard | undefined; sender?: Standing | undefined } = {},
  ) {
    const known = this.#here.get(key);
    const { guard, sender = known?.sender } = news;
    const before = known?.guards ?? [];
    const guards = guard === undefined ? before : [...before, guard].slice(-MOST_GUARDS);
    this.#here.set(key, sender === undefined ? { untilMs, guards } : { untilMs, guards, sender });
    this.#idsHere.add(jobIdOf(key));
    if ((this.#untilSweep -= 1) === 0) this.#sweep();
  }

  recordIsGone(key: string): void {
    this.#here.delete(key);
    this.#idsHere.delete(jobIdOf(key));
  }

  /** Returns how to take that back, where it turns out that it never arrived. What was there before, stays there. */
  jobWentThere(jobId: string): () => void {
    const nowMs = this.#clock.now();
    const wasThere = this.#there.delete(jobId);
    this.#there.set(jobId, nowMs + JOB_REMEMBERED_MS);
    for (const [id, untilMs] of this.#there) {
      if (untilMs > nowMs) break;
      this.#there.delete(id);
    }
    return () => void (wasThere || this.#there.delete(jobId));
  }

  /** An outage may last longer than records do. */
  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const [key, { untilMs }] of this.#here) if (untilMs <= nowMs) this.recordIsGone(key);
    this.#untilSweep = Math.max(SWEEP_EVERY, this.#here.size);
  }
}

function jobIdOf(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}
