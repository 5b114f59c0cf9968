import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';

export type Messages = readonly CustomerServiceMessage[];

/** The right to change a record: a process, and the fence under which it got the record. */
export interface Lease {
  readonly owner: string;
  /** Short for fencing token: it rises by one with every change of owner, and a lower one has lost. */
  readonly fence: number;
}

/** Delivery failures of the present step. */
export interface RetryCounts {
  /** Those that count against its limit. */
  readonly failures: number;
  /** Those that do not: no connection, minute limits. */
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

interface Base {
  readonly fence: number;
  /** Runs of the handler so far, the present one included. */
  readonly runs: number;
}

/** A passive reply was settled, so attempts hear its body for as long as it is remembered. */
interface Heard extends Base {
  readonly replied?: true;
}

/** A handler runs in `owner`, and no attempt has been answered. */
export interface Running extends Base {
  readonly state: 'running';
  readonly owner: string;
}
/** The process that ran it left it, and no attempt has been answered: the next one begins a run. */
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
/** A deadline passed: attempts were answered, and the run goes on in `owner`. */
export interface Overrunning extends Heard {
  readonly state: 'overrunning';
  readonly owner: string;
}
/** No attempt has been answered, and the next one hears these messages. */
export interface Ready extends Base {
  readonly state: 'ready';
  readonly messages: Messages;
}
/** The work waits for a worker. An `intent` was left by one that died: that message may have arrived. */
export interface Queued extends Heard {
  readonly state: 'queued';
  readonly work: Work;
  readonly intent?: number;
  readonly retries?: RetryCounts;
}
/** A worker of `owner` does the work. `intent` is the message that is on its way, noted durably before it leaves. */
export interface Delivering extends Heard {
  readonly state: 'delivering';
  readonly owner: string;
  readonly work: Work;
  readonly intent?: number;
  readonly retries?: RetryCounts;
  /** It was `ready` before, so another process may have let an attempt hear it meanwhile. */
  readonly wasReady?: true;
}
/** The messages wait for their user's next push. */
export interface InMailbox extends Heard {
  readonly state: 'inMailbox';
  readonly messages: Messages;
}
/** The user got the answer; `via` names what was sent in its place. */
export interface Delivered extends Heard {
  readonly state: 'delivered';
  readonly via?: 'template' | 'subscription';
}
/** It ended without reaching its user. A dead letter says more. */
export interface Dead extends Heard {
  readonly state: 'dead';
  readonly reason: string;
}

/**
 * The record of one push: who works on it, how far that is, and what attempts hear. `transitions.ts` holds every way
 * from one state to another; stores keep a record and swap it, and never make one.
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

/** A claim begins here. */
export const firstRecord = (owner: string): PushRecord => ({ state: 'running', owner, fence: 1, runs: 1 });

/**
 * Where a record stands for its sender: among the work under way, in the mailbox, or nowhere, because it is over, or
 * because nobody runs it and nobody was promised anything.
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

/** No transition leaves this record any more. */
export const isTerminal = (record: PushRecord): boolean =>
  record.state !== 'released' && placeOf(record) === 'none';

/** The process that has to be alive for this record to get on; '' where any can take it. */
export const ownerOf = (record: PushRecord): string => ('owner' in record ? record.owner : '');

export const isHeldBy = (record: PushRecord, { owner, fence }: Lease): boolean =>
  record.fence === fence && owner !== '' && ownerOf(record) === owner;

/** Attempts hear the remembered reply, and not `success`. */
export const isReplied = (record: PushRecord): boolean =>
  record.state === 'answered' || ('replied' in record && record.replied);

/** The messages that are still to be said or sent. */
export function unsentMessages(record: PushRecord): Messages {
  if ('messages' in record) return record.messages;
  return 'work' in record && record.work.type === 'messages'
    ? record.work.messages.slice(record.work.sent)
    : [];
}
