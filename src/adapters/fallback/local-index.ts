import type { Clock } from '../../ports/clock.js';
import type { LanePlacement } from '../../ports/state-store.js';

interface Guard {
  readonly key: string;
  readonly fingerprint: string;
}

/** A record that is here and not in Redis. */
export interface LocalRecord {
  /** When the record expires unless it is changed. */
  readonly untilMs: number;
  /** What its tries used up while it was here. */
  readonly guards: readonly Guard[];
  /** Where it was last said to stand. */
  readonly sender?: LanePlacement;
}

/** Longer than a run may take to answer passively; after that nobody asks where its job is. */
const REMOTE_JOB_TTL_MS = 60_000;
const MAX_GUARDS = 3;
const SWEEP_INTERVAL = 1_024;

/**
 * What of this process's work is where: records that the journal keeps now, and jobs that Redis has or may have.
 * A record's key ends with its job's id, after the last colon.
 */
export class LocalIndex {
  readonly #clock: Clock;
  readonly #records = new Map<string, LocalRecord>();
  readonly #jobIds = new Set<string>();
  /** Job id to when it may be forgotten, in the order of both. */
  readonly #remoteJobs = new Map<string, number>();
  #untilSweep = SWEEP_INTERVAL;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get localRecords(): ReadonlyMap<string, LocalRecord> {
    return this.#records;
  }

  isRecordLocal(key: string): boolean {
    return this.#records.has(key);
  }

  isRecordOfJobLocal(jobId: string): boolean {
    return this.#jobIds.has(jobId);
  }

  mayBeRemote(key: string): boolean {
    return (this.#remoteJobs.get(jobIdOf(key)) ?? 0) > this.#clock.now();
  }

  add(
    key: string,
    untilMs: number,
    news: { guard?: Guard | undefined; sender?: LanePlacement | undefined } = {},
  ) {
    const known = this.#records.get(key);
    const { guard, sender = known?.sender } = news;
    const before = known?.guards ?? [];
    const guards = guard === undefined ? before : [...before, guard].slice(-MAX_GUARDS);
    this.#records.set(key, sender === undefined ? { untilMs, guards } : { untilMs, guards, sender });
    this.#jobIds.add(jobIdOf(key));
    if ((this.#untilSweep -= 1) === 0) this.#sweep();
  }

  remove(key: string): void {
    this.#records.delete(key);
    this.#jobIds.delete(jobIdOf(key));
  }

  /** Returns how to take that back, where it turns out that it never arrived. What was there before, stays there. */
  markRemote(jobId: string): () => void {
    const nowMs = this.#clock.now();
    const wasThere = this.#remoteJobs.delete(jobId);
    this.#remoteJobs.set(jobId, nowMs + REMOTE_JOB_TTL_MS);
    for (const [id, untilMs] of this.#remoteJobs) {
      if (untilMs > nowMs) break;
      this.#remoteJobs.delete(id);
    }
    return () => void (wasThere || this.#remoteJobs.delete(jobId));
  }

  /** An outage may last longer than records do. */
  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const [key, { untilMs }] of this.#records) if (untilMs <= nowMs) this.remove(key);
    this.#untilSweep = Math.max(SWEEP_INTERVAL, this.#records.size);
  }
}

function jobIdOf(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}
