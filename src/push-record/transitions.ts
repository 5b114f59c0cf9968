import type { Json } from '../protocol/json.js';
import {
  isHeldBy,
  type Delivering,
  type Lease,
  type Messages,
  type PushRecord,
  type RetryCounts,
  type Work,
} from './push-record.js';

/**
 * Every way from one record to the next. A transition is pure: it returns the next record, or `undefined` where the
 * record does not allow it, so that its caller has lost. Nothing else makes a record after its claim, and every change
 * goes through the store's compare-and-swap, so of two callers one wins. `docs/architecture.md` draws them.
 */
type Next = PushRecord | undefined;

/** What attempts heard stays what they hear. */
const heard = (record: PushRecord): { readonly replied?: true } =>
  'replied' in record && record.replied ? { replied: true } : {};

const messagesWork = (messages: Messages): Work => ({ type: 'messages', messages, sent: 0 });

const RUN: Work = { type: 'run' };

// ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The process that ran it under `deadFence` is dead, or left it: `owner` runs it again. */
export function takeOver(record: PushRecord, owner: string, deadFence: number): Next {
  const isFree = record.state === 'released' || record.state === 'running';
  if (!isFree || record.fence !== deadFence) return undefined;
  return { state: 'running', owner, fence: record.fence + 1, runs: record.runs + 1 };
}

/**
 * A passive reply is settled, by the process that runs the push, or by any for an attempt that came for a `ready` answer.
 * What the reply could not carry is delivered, or put into the mailbox.
 */
export function settleReply(
  record: PushRecord,
  lease: Lease,
  remainder: Messages = [],
  to: 'deliver' | 'mailbox' = 'deliver',
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
    ? { state: 'inMailbox', fence, runs, messages: remainder, replied: true }
    : { state: 'queued', fence, runs, work: messagesWork(remainder), replied: true };
}

/** The run made an answer while no attempt waits for it. From `overrunning` only where no attempt was told so. */
export function holdForNextAttempt(record: PushRecord, lease: Lease, messages: Messages): Next {
  const isOpen = record.state === 'running' || (record.state === 'overrunning' && record.replied !== true);
  if (!isOpen || !isHeldBy(record, lease)) return undefined;
  return { state: 'ready', fence: record.fence, runs: record.runs, messages };
}

/** The run made nothing, in time. */
export function acknowledge(record: PushRecord, lease: Lease): Next {
  return record.state === 'running' ? endSilently(record, lease) : undefined;
}

/**
 * The owner leaves its run, whose outcome counts for nothing any more. Where attempts were told that an answer comes late
 * (`promised`, or the record says so) a worker runs the handler again, and else the next attempt does.
 */
export function releaseRun(record: PushRecord, lease: Lease, isPromised = false): Next {
  if (record.state === 'overrunning') return abandon(record, lease);
  if (record.state !== 'running' || !isHeldBy(record, lease)) return undefined;
  const { fence, runs } = record;
  return isPromised ? { state: 'queued', fence, runs, work: RUN } : { state: 'released', fence, runs };
}

/** A deadline passed with the job durable: attempts hear `success`, or a reply in its place, and the owner goes on. Any process may do this. */
export function adopt(record: PushRecord, says: 'success' | 'reply' = 'success'): Next {
  if (record.state !== 'running') return undefined;
  const { owner, fence, runs } = record;
  return { state: 'overrunning', owner, fence, runs, ...(says === 'reply' ? { replied: true } : {}) };
}

/** The run of an adopted push made its messages. `running`: `success` was said before its adoption was confirmed. */
export function completeOverrun(record: PushRecord, lease: Lease, messages: Messages): Next {
  if ((record.state !== 'running' && record.state !== 'overrunning') || !isHeldBy(record, lease))
    return undefined;
  const { fence, runs } = record;
  return { state: 'queued', fence, runs, work: messagesWork(messages), ...heard(record) };
}

/** The handler leaves its work to `later`, whose first run counts as run 1. */
export function defer(
  record: PushRecord,
  lease: Lease,
  { handler, task }: { readonly handler: string; readonly task: Json },
  says: 'success' | 'reply' = 'success',
): Next {
  switch (record.state) {
    case 'running':
    case 'overrunning':
    case 'delivering': {
      if (!isHeldBy(record, lease)) return undefined;
      const work: Work = { type: 'task', handler, task };
      const replied = says === 'reply' ? ({ replied: true } as const) : heard(record);
      return { state: 'queued', fence: record.fence, runs: 0, work, ...replied };
    }
    default:
      return undefined;
  }
}

// ── late work ───────────────────────────────────────────────────────────────────────────────────────────────

/** A worker gets work that needs no living owner, or whose owner under `deadFence` is dead. */
export function startDelivery(record: PushRecord, owner: string, deadFence: number | undefined): Next {
  switch (record.state) {
    case 'ready': {
      const { runs, messages } = record;
      const fence = record.fence + 1;
      return { state: 'delivering', owner, fence, runs, work: messagesWork(messages), wasReady: true };
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

/** The store had lost the record, and not the job: the worker that claimed the push anew does its work. */
export function resume(record: PushRecord, lease: Lease): Next {
  if (record.state !== 'running' || !isHeldBy(record, lease)) return undefined;
  return { state: 'delivering', owner: record.owner, fence: record.fence, runs: record.runs, work: RUN };
}

/** A dead letter is tried again by a record of its own: its messages are sent, or its handler runs. */
export function redrive(record: PushRecord, lease: Lease, messages: Messages): Next {
  if (record.state !== 'running' || !isHeldBy(record, lease)) return undefined;
  const work = messages.length === 0 ? RUN : messagesWork(messages);
  return { state: 'queued', fence: record.fence, runs: 0, work };
}

/** The worker's run made its messages. */
export function setMessages(record: PushRecord, lease: Lease, messages: Messages): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease)) return undefined;
  const { intent: _intent, retries: _retries, ...rest } = record;
  return { ...rest, work: messagesWork(messages) };
}

/** The messages that are still to be sent are composed anew, to fit into the send quota. */
export function replaceUnsent(record: PushRecord, lease: Lease, messages: Messages): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  const { sent } = record.work;
  const all = [...record.work.messages.slice(0, sent), ...messages];
  return { ...record, work: { type: 'messages', messages: all, sent } };
}

/** Written durably before the next message leaves: from here on it may have arrived. */
export function recordIntent(record: PushRecord, lease: Lease): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  return { ...record, intent: record.work.sent };
}

/** WeChat accepted message `number`. Nothing changes where that was recorded before. */
export function recordSent(record: PushRecord, lease: Lease, number: number): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  if (record.work.sent > number) return record;
  const { intent: _arrived, retries: _retries, ...rest } = record;
  return { ...rest, work: { ...record.work, sent: number + 1 } };
}

/** The owner returns the work. A message on its way certainly did not arrive, or a second copy of it is wanted. */
export function release(record: PushRecord, lease: Lease, retries?: RetryCounts): Next {
  const next = abandon(record, lease);
  if (next?.state !== 'queued') return undefined;
  const { intent: _void, retries: _before, ...rest } = next;
  return retries === undefined ? rest : { ...rest, retries };
}

/** The owner returns the work without knowing how far it got: an intent stays, for the next worker to judge. */
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

/** What is left to send waits for the user's next push. */
export function putInMailbox(record: PushRecord, lease: Lease): Next {
  if (record.state !== 'delivering' || !isHeldBy(record, lease) || record.work.type !== 'messages')
    return undefined;
  const { fence, runs, work } = record;
  return { state: 'inMailbox', fence, runs, messages: work.messages.slice(work.sent), ...heard(record) };
}

/** The answer to another push carries these messages, except for what is `left`. */
export function takeFromMailbox(record: PushRecord, left: Messages): Next {
  if (record.state !== 'inMailbox') return undefined;
  const { fence, runs } = record;
  return left.length > 0
    ? { state: 'inMailbox', fence, runs, messages: left, ...heard(record) }
    : { state: 'delivered', fence, runs, ...heard(record) };
}

/** The user's next push never came. */
export function expire(record: PushRecord, reason: string): Next {
  if (record.state !== 'inMailbox') return undefined;
  return { state: 'dead', fence: record.fence, runs: record.runs, reason, ...heard(record) };
}

// ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The owner made nothing to send. */
export function endSilently(record: PushRecord, lease: Lease): Next {
  return conclude(record, lease, { state: 'acknowledged' });
}

/** The owner's work is over. */
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
