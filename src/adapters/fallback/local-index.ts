import type { Clock } from '../../ports/clock.js';
import { jobIdOf } from '../../ports/record-key.js';
import type { LanePlacement } from '../../ports/state-store.js';

interface Guard {
  readonly key: string;
  readonly fingerprint: string;
}

/** A record that is in the journal and not in Redis. */
export interface LocalRecord {
  /** Expiry of the record unless it is changed. */
  readonly untilMs: number;
  /** Replay guards that its attempts took while it was local. */
  readonly guards: readonly Guard[];
  /** Its last known place. */
  readonly sender?: LanePlacement;
}

/** Longer than a run can still reply passively; afterwards the location of its job does not matter. */
const REMOTE_JOB_TTL_MS = 60_000;
const MAX_GUARDS = 3;
const SWEEP_INTERVAL = 1_024;

/**
 * Knows which records of this process are in the journal, and which jobs Redis has or may have. A record's key ends
 * with its job's id, after the last colon.
 */
export class LocalIndex {
  readonly #clock: Clock;
  readonly #records = new Map<string, LocalRecord>();
  readonly #jobIds = new Set<string>();
  /** Expiry by job id, in the order of both. */
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

  /** Marks a job as being in Redis. Returns a function that reverts this, in case the job never arrived. */
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

  /** Removes expired records, because an outage may outlast them. */
  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const [key, { untilMs }] of this.#records) if (untilMs <= nowMs) this.remove(key);
    this.#untilSweep = Math.max(SWEEP_INTERVAL, this.#records.size);
  }
}
