import type { NextStep } from '../../api/retry-policy.js';
import type { Json } from '../../protocol/json.js';
import type { Lease, Messages, PushRecord, RetryCounts } from '../../push-record/push-record.js';
import type { DeadLetterCause } from '../dead-letters/dead-letter.js';

/** State of one late answer in one process; only `decide` makes it. */
export interface DeliveryState {
  readonly facts: DeliveryFacts;
  /** The record as this process last saw it. From `startDelivery` on this process has the lease. */
  readonly record: PushRecord;
  /** The step in progress, whose result is the next event, or the end. */
  readonly step: Step | End;
  /** Set once nothing may be sent to the user and a template replaces the answer. */
  readonly closed?: { readonly detail: string; readonly refusal: Refusal };
}

/** Facts that stay the same during the delivery. Times are Unix ms. */
export interface DeliveryFacts {
  /** The queue lost the data of the job. */
  readonly isJobLost: boolean;
  /** The stored push can be parsed. */
  readonly isReadable: boolean;
  /** True: the job runs `later`. False: it runs `handle` once more. */
  readonly hasTask: boolean;
  /** The job redrives a dead letter, which may hold only the rest of an answer. */
  readonly isRedrive: boolean;
  /** Last time at which WeChat may make another attempt. */
  readonly attemptsUntilMs: number;
  /** Until then the record may lag behind its job. */
  readonly recordMayLagUntilMs: number;
  /** Until then the answer may wait in the mailbox. */
  readonly mailboxUntilMs: number;
  readonly mailboxEnabled: boolean;
  /** Kind of template message that replaces an answer after the send quota ended. */
  readonly template: 'template' | 'subscription' | undefined;
  readonly onAmbiguousSend: 'drop' | 'resend';
  /** Longest wait for the answers of earlier pushes of the user. */
  readonly lanePatienceMs: number;
  /** From 0 to 1, drawn once. */
  readonly jitter: number;
}

export type Transition = (record: PushRecord, lease: Lease) => PushRecord | undefined;

/** Errcode and rid of WeChat's refusal. */
export type Refusal = Pick<DeadLetterCause, 'errcode' | 'rid'>;

/** Result of a late run of the handler. */
export type Made =
  | { readonly type: 'messages'; readonly messages: Messages }
  /** `later` makes the messages, in `afterMs` at the earliest. */
  | { readonly type: 'task'; readonly handler: string; readonly task: Json; readonly afterMs?: number }
  | { readonly type: 'nothing' }
  /** The result cannot be sent. */
  | ({ readonly type: 'dead' } & Pick<DeadLetterCause, 'reason' | 'detail'>);

/** A change of the record without data of its own, named after its transition. */
export interface PlainChange {
  readonly type:
    'startDelivery' | 'setMessages' | 'replaceUnsent' | 'recordIntent' | 'recordSent' | 'endSilently';
}

/** A change of the record, with the transition that makes it. */
export type Change = { readonly transition: Transition } & (
  | PlainChange
  | { readonly type: 'conclude'; readonly report: Extract<Effect, { readonly type: 'reportDelivered' }> }
  | { readonly type: 'putInMailbox'; readonly why: string }
  | { readonly type: 'defer'; readonly afterMs: number }
  /** `isOverdue`: as in the `End` that follows. */
  | { readonly type: 'release'; readonly afterMs: number; readonly isOverdue: boolean }
  /** Stores a dead letter, then ends the record. */
  | { readonly type: 'deadLetter'; readonly cause: DeadLetterCause }
);

/** A step of the delivery. Only one is in progress at a time. */
export type Step =
  | Change
  | { readonly type: 'read' }
  /** Claims the push again: the store lost the record but not the job, and the work continues. */
  | { readonly type: 'recreate' }
  /** Runs `later` or `handle` to make the messages. */
  | { readonly type: 'run' }
  | { readonly type: 'askChannel' }
  | { readonly type: 'askLane' }
  | { readonly type: 'askQuota' }
  | { readonly type: 'getToken' }
  | { readonly type: 'spendQuota' }
  | { readonly type: 'send' }
  | { readonly type: 'sendTemplate' };

export type DeliveryEvent =
  /**
   * `record` is `undefined` if the store has none. `ownerIsGone`: no owner, a dead one, or this process without knowing of it.
   */
  | {
      readonly type: 'recordSeen';
      readonly record: PushRecord | undefined;
      readonly ownerIsGone: boolean;
      readonly atMs: number;
    }
  /** The change was made; `record` is the result. */
  | { readonly type: 'changed'; readonly record: PushRecord; readonly atMs: number }
  /** The change was not made: another process owns the record. */
  | { readonly type: 'lost'; readonly atMs: number }
  | { readonly type: 'made'; readonly made: Made }
  /** The run threw. `known`: the end that its error names. */
  | { readonly type: 'threw'; readonly known?: Pick<DeadLetterCause, 'reason' | 'detail'> }
  | { readonly type: 'channelSeen'; readonly passiveOnly: boolean; readonly pausedMs: number }
  /** `ahead`: the unfinished earlier push of the user, and its age. */
  | { readonly type: 'laneSeen'; readonly ahead?: { readonly key: string; readonly waitedMs: number } }
  | { readonly type: 'quotaSeen'; readonly left: number }
  | { readonly type: 'tokenReady' }
  | { readonly type: 'quotaSpent'; readonly ok: boolean }
  | { readonly type: 'sent' }
  /** No token, or WeChat refused the message. `isDenied`: the account may not send (48001). */
  | {
      readonly type: 'notSent';
      readonly next: NextStep;
      readonly refusal: Refusal;
      readonly isDenied: boolean;
    }
  /** The process stops; the step was not begun, or its result is ignored. */
  | { readonly type: 'stopped' }
  /** The result of the step is unknown: the process stops while the store is unavailable, or there is a bug. */
  | { readonly type: 'failed' };

/** An action before the next step that has no result event. */
export type Effect =
  | {
      readonly type: 'deadLetterPart';
      readonly part: string;
      readonly messages: Messages;
      readonly cause: DeadLetterCause;
    }
  | { readonly type: 'changeQuota'; readonly change: 'refund' | 'close' }
  | { readonly type: 'pauseAccount'; readonly forMs: number }
  | { readonly type: 'notePermissionDenied' }
  | {
      readonly type: 'reportDelivered';
      readonly messages: number;
      readonly via?: 'template' | 'subscription';
    }
  | { readonly type: 'reportKept'; readonly messages: number; readonly why: string }
  | { readonly type: 'warnResend'; readonly detail: string }
  | {
      readonly type: 'warnRetry';
      readonly retries: RetryCounts;
      readonly afterMs: number;
      readonly what: string;
    }
  | { readonly type: 'warnOvertakes'; readonly ahead: string; readonly waitedMs: number };

/** The result for the job. */
export type End =
  | { readonly type: 'done' }
  /** As in `JobResult`. */
  | {
      readonly type: 'retry';
      readonly afterMs: number;
      readonly inMailbox?: true;
      readonly isOverdue?: true;
    }
  /** The record is released once the store answers, and the queue offers the job again. */
  | { readonly type: 'abandon' };

export interface Decision {
  readonly state: DeliveryState;
  readonly effects: readonly Effect[];
}
