import type { Json } from '../protocol/json.js';
import {
  isHeldBy,
  REPEATED,
  type Carried,
  type Delivering,
  type Lease,
  type Messages,
  type PushRecord,
  type ReadyWork,
  type RetryCounts,
  type Work,
} from './push-record.js';

/**
 * All transitions of a record. A transition is pure: it returns the next record, or `undefined` if the present record
 * does not allow it. Nothing else changes a record after its claim, and every change is a compare-and-swap in the
 * store, so only one of two callers wins. `docs/architecture.md` draws them.
 */
type Next = PushRecord | undefined;

/**
 * Response of attempts whose answer comes late: `success`, a `reply` with a part of it, or a `notice`, which is a reply
 * without any.
 */
export type SaidMeanwhile = 'success' | 'reply' | 'notice';

interface Heard {
  readonly replied?: true;
  readonly ownUnsaid?: true;
}

const HEARD: { readonly [said in SaidMeanwhile]: Heard } = {
  success: {},
  reply: { replied: true },
  notice: { replied: true, ownUnsaid: true },
};

/** Attempts that got a reply must get the same one again. */
const heard = (record: PushRecord): Heard =>
  'replied' in record && record.replied
    ? HEARD['ownUnsaid' in record && record.ownUnsaid ? 'notice' : 'reply']
    : HEARD.success;

const messagesWork = (messages: Messages): ReadyWork => ({ type: 'messages', messages, sent: 0 });

const RUN: Work = { type: 'run' };

// ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Lets `owner` run the push again, after the process that ran it under `deadFence` died or left. */
export function takeOver(record: PushRecord, owner: string, deadFence: number): Next {
  const isFree = record.state === 'released' || record.state === 'running';
  if (!isFree || record.fence !== deadFence) return undefined;
  return { state: 'running', owner, fence: record.fence + 1, runs: record.runs + 1 };
}

/**
 * Settles a passive reply: by the process that runs the push, or by any process for an attempt on a `ready` answer.
 * What the reply cannot carry is delivered, or put into the mailbox.
 */
export function settleReply(
  record: PushRecord,
  lease: Lease,
  remainder: Messages = [],
  to: 'deliver' | 'mailbox' = 'deliver',
  says: 'reply' | 'notice' = 'reply',
): Next {
  switch (record.state) {
    case 'running':
      if (!isHeldBy(record, lease)) return undefined;
      break;
    case 'ready':
      break;
    default:
      return undefined;
  }
  const { fence, runs } = record;
  if (remainder.length === 0) return { state: 'answered', owner: lease.owner, fence, runs };
  return to === 'mailbox'
    ? { state: 'inMailbox', fence, runs, messages: remainder, ...HEARD[says] }
    : { state: 'queued', fence, runs, work: messagesWork(remainder), ...HEARD[says] };
}

/** Holds an answer that no attempt waits for. From `overrunning` only if no attempt learned of the adoption. */
export function holdForNextAttempt(
  record: PushRecord,
  lease: Lease,
  work: ReadyWork,
  lateOnly = false,
): Next {
  const isOpen = record.state === 'running' || (record.state === 'overrunning' && record.replied !== true);
  if (!isOpen || !isHeldBy(record, lease)) return undefined;
  const { fence, runs } = record;
  return { state: 'ready', fence, runs, work, ...(lateOnly && { lateOnly }) };
}

/**
 * Promises a `ready` answer that no reply can carry: the attempt gets `success` or a reply in its place, and a worker
 * goes on.
 */
export function promiseReady(record: PushRecord, says: SaidMeanwhile = 'success'): Next {
  if (record.state !== 'ready') return undefined;
  const { fence, work } = record;
  const runs = work.type === 'task' ? 0 : record.runs;
  return { state: 'queued', fence, runs, work, ...HEARD[says] };
}

/** Settles `success` for a run that ended in time without an answer. */
export function acknowledge(record: PushRecord, lease: Lease): Next {
  return record.state === 'running' ? endSilently(record, lease) : undefined;
}

/**
 * Releases the run of an owner that leaves it; its outcome is ignored. If attempts were promised a late answer
 * (`isPromised`, or by the record), a worker runs the handler again; otherwise the next attempt does.
 */
export function releaseRun(record: PushRecord, lease: Lease, isPromised = false): Next {
  if (record.state === 'overrunning') return abandon(record, lease);
  if (record.state !== 'running' || !isHeldBy(record, lease)) return undefined;
  const { fence, runs } = record;
  return isPromised ? { state: 'queued', fence, runs, work: RUN } : { state: 'released', fence, runs };
}

/**
 * Adopts a run at its deadline, after the job is durable: attempts get `success` or a reply in its place, and the owner
 * goes on. Any process may do this.
 */
export function adopt(record: PushRecord, says: SaidMeanwhile = 'success'): Next {
  if (record.state !== 'running') return undefined;
  const { owner, fence, runs } = record;
  return { state: 'overrunning', owner, fence, runs, ...HEARD[says] };
}

/** Stores the messages of an adopted run. From `running`: `success` was sent before the adoption was confirmed. */
export function completeOverrun(record: PushRecord, lease: Lease, messages: Messages): Next {
  if ((record.state !== 'running' && record.state !== 'overrunning') || !isHeldBy(record, lease))
    return undefined;
  const { fence, runs } = record;
  return { state: 'queued', fence, runs, work: messagesWork(messages), ...heard(record) };
}

/** Leaves the work to `later`, whose first run counts as run 1. */
export function defer(
  record: PushRecord,
  lease: Lease,
  { handler, task }: { readonly handler: string; readonly task: Json },
  says: SaidMeanwhile = 'success',
): Next {
  switch (record.state) {
    case 'running':
    case 'overrunning':
    case 'delivering': {
      if (!isHeldBy(record, lease)) return undefined;
      const work: Work = { type: 'task', handler, task };
      const said = says === 'success' ? heard(record) : HEARD[says];
      return { state: 'queued', fence: record.fence, runs: 0, work, ...said };
    }
    default:
      return undefined;
  }
}

// ── late work ───────────────────────────────────────────────────────────────────────────────────────────────

/** Leases the work to a worker: work without an owner, or of the owner that died under `deadFence`. */
export function startDelivery(record: PushRecord, owner: string, deadFence: number | undefined): Next {
  switch (record.state) {
    case 'ready': {
      const { work } = record;
      // The first run of `later` counts as run 1.
      const runs = work.type === 'task' ? 1 : record.runs;
      return { state: 'delivering', owner, fence: record.fence + 1, runs, work, wasReady: true };
    }
    case 'released':
      return deliveringFrom(record, owner, RUN);
    case 'queued':
      return deliveringFrom(record, owner, record.work);
    case 'running':
    case 'overrunning':
      return record.fence === deadFence ? deliveringFrom(record, owner, RUN) : undefined;
    case 'delivering':
      return record.fence === deadFence ? deliveringFrom(record, owner, record.work) : undefined;
    default:
      return undefined;
  }
}

function deliveringFrom(record: PushRecord, owner: string, work: Work): Delivering {
  return {
    state: 'delivering',
    owner,
    fence: record.fence + 1,
    runs: record.runs + (work.type === 'messages' ? 0 : 1),
    work,
    ...heard(record),
    ...('intent' in record && { intent: record.intent }),
    ...('retries' in record && { retries: record.retries }),
    ...('wasReady' in record && { wasReady: true }),
  };
}

/** Resumes a job whose record the store lost: the worker claimed the push again and does its work. */
export function resume(record: PushRecord, lease: Lease): Next {
  if (record.state !== 'running' || !isHeldBy(record, lease)) return undefined;
  return { state: 'delivering', owner: record.owner, fence: record.fence, runs: record.runs, work: RUN };
}

/** Queues the work of a dead letter in a record of its own: its messages are sent, or its handler runs. */
export function redrive(record: PushRecord, lease: Lease, messages: Messages): Next {
  if (record.state !== 'running' || !isHeldBy(record, lease)) return undefined;
  const work = messages.length === 0 ? RUN : messagesWork(messages);
  return { state: 'queued', fence: record.fence, runs: 0, work };
}

/** Stores the messages that the worker's run made. */
export function setMessages(record: PushRecord, lease: Lease, messages: Messages): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease)) return undefined;
  const { intent: _intent, retries: _retries, ...rest } = record;
  return { ...rest, work: messagesWork(messages) };
}

/** Replaces the unsent messages by ones that fit into the send quota. */
export function replaceUnsent(record: PushRecord, lease: Lease, messages: Messages): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  const { sent } = record.work;
  const all = [...record.work.messages.slice(0, sent), ...messages];
  return { ...record, work: { type: 'messages', messages: all, sent } };
}

/** Records the intent to send the next message, durably: from here on it may have arrived. */
export function recordIntent(record: PushRecord, lease: Lease): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  return { ...record, intent: record.work.sent };
}

/** Records that WeChat accepted message `number`. Changes nothing if that was recorded before. */
export function recordSent(record: PushRecord, lease: Lease, number: number): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  if (record.work.sent > number) return record;
  const { intent: _arrived, retries: _retries, ...rest } = record;
  return { ...rest, work: { ...record.work, sent: number + 1 } };
}

/** Returns the work to the queue. A message in flight certainly did not arrive, or a second copy is wanted. */
export function release(record: PushRecord, lease: Lease, retries?: RetryCounts): Next {
  const next = abandon(record, lease);
  if (next?.state !== 'queued') return undefined;
  const { intent: _void, retries: _before, ...rest } = next;
  return retries === undefined ? rest : { ...rest, retries };
}

/** Returns work of unknown progress to the queue: an intent stays, and the next worker decides. */
export function abandon(record: PushRecord, lease: Lease): Next {
  switch (record.state) {
    case 'overrunning':
      return isHeldBy(record, lease) ? returned(record, RUN) : undefined;
    case 'delivering':
      return isHeldBy(record, lease) ? returned(record, record.work) : undefined;
    default:
      return undefined;
  }
}

function returned(record: PushRecord, work: Work): PushRecord {
  const { fence, runs } = record;
  return {
    state: 'queued',
    fence,
    runs,
    work,
    ...heard(record),
    ...('intent' in record && { intent: record.intent }),
    ...('retries' in record && { retries: record.retries }),
  };
}

// ── the mailbox ─────────────────────────────────────────────────────────────────────────────────────────────

/** Puts the unsent messages into the mailbox, for the user's next push. */
export function putInMailbox(record: PushRecord, lease: Lease): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  const { fence, runs, work } = record;
  return { state: 'inMailbox', fence, runs, messages: work.messages.slice(work.sent), ...heard(record) };
}

/** Marks messages that the reply to another push carries. They stay until an attempt has got that reply. */
export function carryFromMailbox(record: PushRecord, carried: Carried): Next {
  return record.state === 'inMailbox' ? { ...record, carried } : undefined;
}

/** Removes the messages that the reply to push `by` carried, after an attempt got it. */
export function takeFromMailbox(record: PushRecord, by: string): Next {
  if (record.state !== 'inMailbox' || record.carried?.by !== by) return undefined;
  const { fence, runs, messages, carried } = record;
  const left = messages.slice(carried.count);
  return left.length > 0
    ? { state: 'inMailbox', fence, runs, messages: left, ...heard(record) }
    : { state: 'delivered', fence, runs, ...heard(record) };
}

/** Records that the reply to push `by` is about to be sent again. */
export function repeatCarried(record: PushRecord, by: string): Next {
  if (record.state !== 'inMailbox' || record.carried?.by !== by || record.carried.saidBy === REPEATED)
    return undefined;
  return { ...record, carried: { ...record.carried, saidBy: REPEATED } };
}

/** Records that `owner` gave the reply to push `by` to no attempt, and will not. Another process may still send it. */
export function markUnheard(record: PushRecord, by: string, owner: string): Next {
  if (record.state !== 'inMailbox' || record.carried?.by !== by || record.carried.saidBy !== owner)
    return undefined;
  const { saidBy: _nobody, ...carried } = record.carried;
  return { ...record, carried };
}

/** Ends an answer in the mailbox whose user sent no further push. */
export function expire(record: PushRecord, reason: string): Next {
  if (record.state !== 'inMailbox') return undefined;
  return { state: 'dead', fence: record.fence, runs: record.runs, reason, ...heard(record) };
}

// ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Ends the work of a run that made nothing to send. */
export function endSilently(record: PushRecord, lease: Lease): Next {
  return conclude(record, lease, { state: 'acknowledged' });
}

/** Ends the owner's work as delivered or dead. */
export function conclude(
  record: PushRecord,
  lease: Lease,
  end:
    | { readonly state: 'acknowledged' }
    | { readonly state: 'delivered'; readonly via?: 'template' | 'subscription' }
    | { readonly state: 'dead'; readonly reason: string },
): Next {
  switch (record.state) {
    case 'running':
    case 'overrunning':
    case 'delivering':
      return isHeldBy(record, lease)
        ? { fence: record.fence, runs: record.runs, ...heard(record), ...end }
        : undefined;
    default:
      return undefined;
  }
}
