import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';

export type Messages = readonly CustomerServiceMessage[];

/** The right to change a record: a process and the fence under which it got the record. */
export interface Lease {
  readonly owner: string;
  /** Short for fencing token: it rises by one with every change of owner, and a lower one has lost. */
  readonly fence: number;
}

/** Delivery failures of the current step. */
export interface RetryCounts {
  /** Failures that count against the limit. */
  readonly failures: number;
  /** Waits that do not count: no connection, minute limits. */
  readonly waits: number;
}

/** The work of a late answer. */
export type Work =
  /** The first `sent` of these are known to have been accepted by WeChat. */
  | { readonly type: 'messages'; readonly messages: Messages; readonly sent: number }
  /** `later` of this handler makes the messages. */
  | { readonly type: 'task'; readonly handler: string; readonly task: Json }
  /** The task of the job, or else `handle` once more, makes the messages. */
  | { readonly type: 'run' };

/** Work with a result, which needs no further run of `handle`. */
export type ReadyWork = Exclude<Work, { type: 'run' }>;

interface Base {
  readonly fence: number;
  /** Runs of the handler so far, including the current one. */
  readonly runs: number;
}

/** Set if a passive reply was settled: attempts get its body as long as it is stored. */
interface Heard extends Base {
  readonly replied?: true;
  /** The settled reply contains no part of the push's own answer, only a notice or mailbox entries. */
  readonly ownUnsaid?: true;
}

/** A handler runs in `owner`, and no attempt has been answered. */
export interface Running extends Base {
  readonly state: 'running';
  readonly owner: string;
}
/** Its process left the run, and no attempt has been answered: the next attempt begins a run. */
export interface Released extends Base {
  readonly state: 'released';
}
/** A passive reply is settled. `owner` made it. */
export interface Answered extends Base {
  readonly state: 'answered';
  readonly owner: string;
}
/** `success` is settled, and there is nothing more to do. */
export interface Acknowledged extends Heard {
  readonly state: 'acknowledged';
}
/** The deadline passed: attempts were answered, and the run goes on in `owner`. */
export interface Overrunning extends Heard {
  readonly state: 'overrunning';
  readonly owner: string;
}
/**
 * No attempt has been answered. The next one gets these messages. If the work is a task or `lateOnly` (pinned to the
 * customer-service channel), it gets `success` or the notice, and the answer comes late. If no attempt comes, a worker
 * does the work.
 */
export interface Ready extends Base {
  readonly state: 'ready';
  readonly work: ReadyWork;
  readonly lateOnly?: true;
}
/** The work waits for a worker. An `intent` was left by a worker that died: that message may have arrived. */
export interface Queued extends Heard {
  readonly state: 'queued';
  readonly work: Work;
  readonly intent?: number;
  readonly retries?: RetryCounts;
}
/** A worker of `owner` does the work. `intent` numbers the message in flight; it is stored durably before the send. */
export interface Delivering extends Heard {
  readonly state: 'delivering';
  readonly owner: string;
  readonly work: Work;
  readonly intent?: number;
  readonly retries?: RetryCounts;
  /** The record was `ready` before, so another process may have given the answer to an attempt. */
  readonly wasReady?: true;
}
/** The reply to push `by` carries the first `count` messages. No attempt can get it after `untilMs`. */
export interface Carried {
  /** Key of that push's record. */
  readonly by: string;
  readonly count: number;
  readonly untilMs: number;
  /** The process that sends the reply, or `REPEATED`: an attempt may have got it. Absent: none has. */
  readonly saidBy?: string;
}
/** Marks a reply that was sent again to a later attempt, by any process. */
export const REPEATED = 'repeated';
/** The messages wait for their user's next push. */
export interface InMailbox extends Heard {
  readonly state: 'inMailbox';
  readonly messages: Messages;
  readonly carried?: Carried;
}
/** The user got the answer; `via` names what was sent in its place. */
export interface Delivered extends Heard {
  readonly state: 'delivered';
  readonly via?: 'template' | 'subscription';
}
/** It ended without reaching its user. A dead letter has the details. */
export interface Dead extends Heard {
  readonly state: 'dead';
  readonly reason: string;
}

/**
 * The record of one push: its owner, its progress, and the response for its attempts. `transitions.ts` holds every
 * transition; stores only store and compare-and-swap records.
 */
export type PushRecord =
  | Running
  | Released
  | Answered
  | Acknowledged
  | Overrunning
  | Ready
  | Queued
  | Delivering
  | InMailbox
  | Delivered
  | Dead;

export type RecordState = PushRecord['state'];

/** Creates the first record of a push, for a claim. */
export const firstRecord = (owner: string): PushRecord => ({ state: 'running', owner, fence: 1, runs: 1 });

/**
 * Returns the place of a record for its sender: the lane (unfinished work), the mailbox, or none (terminal, or released
 * before any response).
 */
export function placeOf(record: PushRecord): 'lane' | 'mailbox' | 'none' {
  switch (record.state) {
    case 'running':
    case 'overrunning':
    case 'ready':
    case 'queued':
    case 'delivering':
      return 'lane';
    case 'inMailbox':
      return 'mailbox';
    case 'released':
    case 'answered':
    case 'acknowledged':
    case 'delivered':
    case 'dead':
      return 'none';
    default:
      return record satisfies never;
  }
}

/** True if no transition leaves this record. */
export const isTerminal = (record: PushRecord): boolean =>
  record.state !== 'released' && placeOf(record) === 'none';

/** Returns the process that must be alive for this record to progress; '' if any process can take it. */
export const ownerOf = (record: PushRecord): string => ('owner' in record ? record.owner : '');

export const isHeldBy = (record: PushRecord, { owner, fence }: Lease): boolean =>
  record.fence === fence && owner !== '' && ownerOf(record) === owner;

/** True if attempts get the stored reply, not `success`. */
export const isReplied = (record: PushRecord): boolean =>
  record.state === 'answered' || ('replied' in record && record.replied);

/**
 * True if the reply to push `key` may carry this mailbox entry. An entry in another reply is free again once no attempt
 * can get that reply, if none has got it or if `onAmbiguousSend` is `resend`.
 */
export const mayCarry = (
  record: PushRecord,
  key: string,
  { nowMs, onAmbiguousSend }: { readonly nowMs: number; readonly onAmbiguousSend: 'drop' | 'resend' },
): boolean => {
  if (record.state !== 'inMailbox') return false;
  const { carried } = record;
  if (carried === undefined || carried.by === key) return true;
  return carried.untilMs <= nowMs && (carried.saidBy === undefined || onAmbiguousSend === 'resend');
};

/** True if attempts got a part of the push's own answer. */
export const isPartSaid = (record: PushRecord): boolean =>
  isReplied(record) && !('ownUnsaid' in record && record.ownUnsaid);

/** Returns the messages that are neither replied nor sent yet. */
export function unsentMessages(record: PushRecord): Messages {
  if ('messages' in record) return record.messages;
  return 'work' in record && record.work.type === 'messages'
    ? record.work.messages.slice(record.work.sent)
    : [];
}
