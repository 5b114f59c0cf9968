import type { SendRetries } from '../../api/retry-policy.js';
import type { DeferredJob, JobResult } from '../../ports/deferred-queue.js';
import type { StoredRecord } from '../../ports/state-store.js';
import {
  unsentMessages,
  type Messages,
  type PushRecord,
  type RetryCounts,
} from '../../push-record/push-record.js';
import { conclude, release } from '../../push-record/transitions.js';
import { toOpenId, toPushId } from '../../protocol/ids.js';
import type { Push } from '../../protocol/push.js';
import type { Account } from '../account.js';
import {
  recordDeadLetter,
  endAsDead,
  storeDeadLetter,
  type DeadReason,
  type DeadLetterCause,
} from '../dead-letters/dead-letter.js';
import { recordRef, reparsePush, type RecordRef } from '../record/record-ref.js';
import { RecordHandle, type Transition } from '../record/record-handle.js';
import type { RunDeps } from '../run/run-deps.js';

export interface DeliveryDeps extends RunDeps {
  /** By AppID. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly settings: {
    readonly onAmbiguousSend: 'drop' | 'resend';
    /** A late answer waits this long for those of earlier pushes. */
    readonly lanePatienceMs: number;
  };
  /** 0 to 1, for jitter. */
  readonly random?: () => number;
}

const NO_RETRIES: RetryCounts = { failures: 0, waits: 0 };

export const DONE: JobResult = { type: 'done' };
export const retryAfter = (afterMs: number): JobResult => ({ type: 'retry', afterMs });

/** What others hold, or wait for, is looked at again after this. */
export const POLL_INTERVAL_MS = 2_000;
/** The record is in other hands. The job stays until the record says that the work is over. */
export const CONFLICT: JobResult = retryAfter(POLL_INTERVAL_MS);
/** A job that is put back because the queue may have lost it is looked at after this. */
const RECREATED_JOB_DELAY_MS = 5_000;

/** One job in the hands of this process, and with it the record of its push. */
export class Delivery {
  readonly deps: DeliveryDeps;
  readonly account: Account;
  readonly job: DeferredJob;
  readonly ref: RecordRef;
  readonly signal: AbortSignal;
  /** Of the push; unreadable: none. */
  readonly push: Push | undefined;
  readonly #record: RecordHandle;

  constructor(
    deps: DeliveryDeps,
    account: Account,
    job: DeferredJob,
    stored: StoredRecord,
    signal: AbortSignal,
  ) {
    this.deps = deps;
    this.account = account;
    this.job = job;
    this.ref = refOf(account, job);
    this.signal = signal;
    this.push = reparsePush(job.push, account.appId);
    this.#record = new RecordHandle(deps, this.ref, stored, () =>
      deps.queue.put(job, { notBeforeMs: deps.clock.now() + RECREATED_JOB_DELAY_MS }),
    );
  }

  get record(): PushRecord {
    return this.#record.record;
  }

  /** False: another process took the work in the meantime, and with it every right to go on. */
  async change(rule: Transition): Promise<boolean> {
    return (await this.#record.change(rule, { durable: true }, this.signal)) === 'updated';
  }

  async release(afterMs: number, retries?: SendRetries): Promise<JobResult> {
    await this.change((record, lease) => release(record, lease, retries));
    return retryAfter(afterMs);
  }

  async deadLetter(
    reason: DeadReason,
    detail: string,
    more: Omit<DeadLetterCause, 'reason' | 'detail'> = {},
  ): Promise<JobResult> {
    let ok = false;
    const kept = storeDeadLetter(this.deps, this.job, this.push?.kind ?? '', this.record, {
      reason,
      detail,
      ...more,
    });
    await endAsDead(this.deps, kept, async () => {
      ok = await this.change((record, lease) => conclude(record, lease, { state: 'dead', reason }));
      return { ok, record: this.record };
    });
    return this.end(ok);
  }

  /** The job goes with the work that it stands for. Where another one has that, its job stays. */
  end(ok: boolean): JobResult {
    return ok ? DONE : CONFLICT;
  }

  /** What of the answer was sent, of what there is. */
  get sent(): number {
    const { record } = this;
    return 'work' in record && record.work.type === 'messages' ? record.work.sent : 0;
  }

  get retries(): RetryCounts {
    const { record } = this;
    return 'retries' in record && record.retries !== undefined ? record.retries : NO_RETRIES;
  }

  get unsent(): Messages {
    return unsentMessages(this.record);
  }

  /** Keeps messages that are left out as a dead letter of their own, `part`, while the work on the others goes on. */
  deadLetterPart(part: string, messages: Messages, cause: DeadLetterCause): Promise<void> {
    return recordDeadLetter(this.deps, this.job, this.push?.kind ?? '', this.record, cause, {
      messages,
      part,
    });
  }

  jittered(ms: number): number {
    return Math.round(ms * (1 + 0.2 * (this.deps.random ?? Math.random)()));
  }
}

export const refOf = (account: Account, job: DeferredJob): RecordRef =>
  recordRef(account.appId, toPushId(job.id), toOpenId(job.user));
