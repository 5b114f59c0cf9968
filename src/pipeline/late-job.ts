import type { SendTries } from '../api/send-policy.js';
import type { DeferredJob, JobVerdict } from '../ports/deferred-queue.js';
import type { StoredRecord } from '../ports/state-store.js';
import {
  unsentMessages,
  type Messages,
  type PushRecord,
  type RetryCounts,
} from '../push-record/push-record.js';
import { conclude, release } from '../push-record/transitions.js';
import { toOpenId, toPushId } from '../protocol/ids.js';
import type { Push } from '../protocol/push.js';
import type { Account } from './account.js';
import { bury, endAsDead, layAside, type DeadReason, type Death } from './dead-letter.js';
import { nameRecord, readAgain, type RecordName } from './job.js';
import { RecordInHand, type Transition } from './record-in-hand.js';
import type { RunDeps } from './run/run-deps.js';

export interface LateWorkDeps extends RunDeps {
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

export const DONE: JobVerdict = { type: 'done' };
export const again = (afterMs: number): JobVerdict => ({ type: 'again', afterMs });

/** What others hold, or wait for, is looked at again after this. */
export const LOOK_AGAIN_MS = 2_000;
/** The record is in other hands. The job stays until the record says that the work is over. */
export const LOST: JobVerdict = again(LOOK_AGAIN_MS);
/** A job that is put back because the queue may have lost it is looked at after this. */
const PUT_BACK_MS = 5_000;

/** One job in the hands of this process, and with it the record of its push. */
export class LateJob {
  readonly deps: LateWorkDeps;
  readonly account: Account;
  readonly job: DeferredJob;
  readonly name: RecordName;
  readonly signal: AbortSignal;
  /** Of the push; unreadable: none. */
  readonly push: Push | undefined;
  readonly #hand: RecordInHand;

  constructor(
    deps: LateWorkDeps,
    account: Account,
    job: DeferredJob,
    stored: StoredRecord,
    signal: AbortSignal,
  ) {
    this.deps = deps;
    this.account = account;
    this.job = job;
    this.name = nameOf(account, job);
    this.signal = signal;
    this.push = readAgain(job.push, account.appId);
    this.#hand = new RecordInHand(deps, this.name, stored, () =>
      deps.queue.put(job, { notBeforeMs: deps.clock.now() + PUT_BACK_MS }),
    );
  }

  get record(): PushRecord {
    return this.#hand.record;
  }

  /** False: another process took the work in the meantime, and with it every right to go on. */
  async change(rule: Transition): Promise<boolean> {
    return (await this.#hand.change(rule, { durable: true }, this.signal)) === 'made';
  }

  async giveBack(afterMs: number, tries?: SendTries): Promise<JobVerdict> {
    await this.change((record, me) => release(record, me, tries));
    return again(afterMs);
  }

  async die(
    reason: DeadReason,
    detail: string,
    more: Omit<Death, 'reason' | 'detail'> = {},
  ): Promise<JobVerdict> {
    let made = false;
    const kept = layAside(this.deps, this.job, this.push?.kind ?? '', this.record, {
      reason,
      detail,
      ...more,
    });
    await endAsDead(this.deps, kept, async () => {
      made = await this.change((record, me) => conclude(record, me, { state: 'dead', reason }));
      return { made, record: this.record };
    });
    return this.end(made);
  }

  /** The job goes with the work that it stands for. Where another one has that, its job stays. */
  end(made: boolean): JobVerdict {
    return made ? DONE : LOST;
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
  buryPart(part: string, messages: Messages, why: Death): Promise<void> {
    return bury(this.deps, this.job, this.push?.kind ?? '', this.record, why, { messages, part });
  }

  jittered(ms: number): number {
    return Math.round(ms * (1 + 0.2 * (this.deps.random ?? Math.random)()));
  }
}

export const nameOf = (account: Account, job: DeferredJob): RecordName =>
  nameRecord(account.appId, toPushId(job.id), toOpenId(job.user));
