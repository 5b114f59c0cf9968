import { fitMessages } from '../../text/fit-messages.js';
import {
  isPartSaid,
  isTerminal,
  unsentMessages,
  type PushRecord,
  type RetryCounts,
} from '../../push-record/push-record.js';
import * as to from '../../push-record/transitions.js';
import type { DeadLetterCause } from '../dead-letters/dead-letter.js';
import type {
  Decision,
  DeliveryEvent,
  DeliveryFacts,
  DeliveryState,
  Effect,
  End,
  Made,
  PlainChange,
  Refusal,
  Step,
  Transition,
} from './delivery-state.js';

type EventOf<T extends DeliveryEvent['type']> = Extract<DeliveryEvent, { readonly type: T }>;
/** Delay before the next look at a record that another process holds or a lane blocks. */
const POLL_INTERVAL_MS = 2_000;
const RECORD_LAG_RETRY_MS = 50;
/** After this many runs that ended in a crash, the handler is taken to be the cause. */
const MAX_RUNS = 5;
/** Backoff between runs of `later`: 2, 4, 8, 16 s, plus up to a fifth of jitter. */
const LATER_BACKOFF_MS = 2_000;
const RESEND_AFTER_MS = 1_000;
/** WeChat deduplicates template messages by `client_msg_id` for ten minutes; so many failures stay within that time. */
const MAX_TEMPLATE_FAILURES = 5;
const TEMPLATE_BACKOFF_MS = 2_000;

/** The channel that messages take. */
export const CHANNEL = 'customer-service';
export const JOB_LOST: DeadLetterCause = {
  reason: 'job_lost',
  detail: 'the queue lost what this job was about (does Redis evict keys? set maxmemory-policy noeviction)',
};
const MAILBOX_EXPIRED: DeadLetterCause = {
  reason: 'mailbox_expired',
  channel: 'mailbox',
  detail: 'its user wrote no more while it was kept',
};
const MAYBE_HEARD: DeadLetterCause = {
  reason: 'unknown',
  channel: 'mailbox',
  detail: 'a process died that answered another push, and this with it: its user may have heard it',
};
/** Placeholder until the record is read. */
export const NO_RECORD: PushRecord = { state: 'released', fence: 0, runs: 0 };
const NO_RETRIES: RetryCounts = { failures: 0, waits: 0 };

/** Returns the first step for a job that is due. */
export const begin = (facts: DeliveryFacts): Decision => ({
  state: { facts, record: NO_RECORD, step: { type: 'read' } },
  effects: [],
});

/**
 * Decides what this process does with a late answer, for every event. Pure: `delivery.ts` carries out the steps, one at a
 * time, and sends the result of each as the next event. Four rules explain the whole:
 *
 * 1. The record decides. The job is only a reminder to read it, and stays until the record is terminal.
 * 2. A process that loses a compare-and-swap has lost the work, and reads the record again later.
 * 3. An intent is recorded before a message is sent, and removed when its outcome is recorded. So an intent that is found
 *    means that the message may have arrived; `ON_AMBIGUOUS_SEND` decides between a second copy and none.
 * 4. A message that certainly did not arrive is sent later. An answer that can never be sent goes as a whole into the
 *    mailbox, or becomes a dead letter.
 */
export function decide(state: DeliveryState, event: DeliveryEvent): Decision {
  switch (event.type) {
    case 'recordSeen':
      return onSeen({ ...state, record: event.record ?? NO_RECORD }, event);
    case 'changed':
      return onChanged({ ...state, record: event.record }, event.atMs);
    case 'lost':
      return onLost(state, event.atMs);
    case 'made':
      return onMade(state, event.made);
    case 'threw':
      return onThrow(state, event.known);
    case 'channelSeen':
      if (event.passiveOnly) return putInMailbox(state, 'the account may not send');
      return event.pausedMs > 0 ? release(state, event.pausedMs) : go(state, { type: 'askLane' });
    case 'laneSeen':
      return onLane(state, event);
    case 'quotaSeen':
      return onQuota(state, event.left);
    case 'tokenReady':
      return state.closed === undefined ? go(state, { type: 'spendQuota' }) : recordIntent(state);
    case 'quotaSpent':
      return event.ok ? recordIntent(state) : onClosed(state, 'the window is used up');
    case 'sent':
      return state.step.type === 'sendTemplate' ? conclude(state, state.facts.template) : recordSent(state);
    case 'notSent':
      return state.closed === undefined ? onNotSent(state, event) : onTemplateNotSent(state, event);
    case 'stopped':
      return release(state, 0);
    case 'failed':
      return go(state, { type: 'abandon' });
    default:
      return event satisfies never;
  }
}

// ── who owns the work ────────────────────────────────────────────────────────────────────────────────────────

function onSeen(state: DeliveryState, { record, ownerIsGone, atMs }: EventOf<'recordSeen'>): Decision {
  const { isJobLost, attemptsUntilMs, mailboxUntilMs } = state.facts;
  if (record === undefined) return go(state, { type: 'recreate' });
  if (isTerminal(record)) return go(state, { type: 'done' });
  if (record.state === 'inMailbox') {
    if (isJobLost) return deadLetter(state, JOB_LOST);
    if (atMs < mailboxUntilMs) return waitInMailbox(state, atMs);
    return deadLetter(state, record.carried?.saidBy === undefined ? MAILBOX_EXPIRED : MAYBE_HEARD);
  }
  // The owner is alive and may still produce the answer.
  if (isJobLost && !ownerIsGone) return retry(state, POLL_INTERVAL_MS);
  // WeChat's next attempt gets the answer.
  if (record.state === 'ready' && atMs < attemptsUntilMs && !isJobLost)
    return retry(state, attemptsUntilMs - atMs);
  const deadFence = ownerIsGone ? record.fence : undefined;
  return change(state, 'startDelivery', (current, { owner }) => to.startDelivery(current, owner, deadFence));
}

function onTaken(state: DeliveryState): Decision {
  const { facts, record } = state;
  if (facts.isJobLost) return deadLetter(state, JOB_LOST);
  if (record.state === 'delivering' && record.intent !== undefined)
    return onUnknown(state, 'its process died while the message was on its way');
  if (workOf(record) !== undefined) return deliver(state);
  if (!facts.isReadable)
    return deadLetter(state, { reason: 'push_unreadable', detail: 'the stored push cannot be parsed' });
  if (record.runs > MAX_RUNS)
    return deadLetter(state, { reason: 'crashed_repeatedly', detail: `${record.runs - 1} runs did not end` });
  return go(state, { type: 'run' });
}

// ── making the messages ───────────────────────────────────────────────────────────────────────────────────

function onMade(state: DeliveryState, made: Made): Decision {
  switch (made.type) {
    case 'messages':
      return change(state, 'setMessages', (record, lease) => to.setMessages(record, lease, made.messages));
    case 'task':
      return go(state, {
        type: 'defer',
        afterMs: made.afterMs ?? 0,
        transition: (record, lease) => to.defer(record, lease, made),
      });
    case 'nothing':
      return change(state, 'endSilently', to.endSilently);
    case 'dead':
      return deadLetter(state, { reason: made.reason, detail: made.detail });
    default:
      return made satisfies never;
  }
}

/** Only `later` is retried after an error; `handle` runs again only after a crash. */
function onThrow(state: DeliveryState, known: EventOf<'threw'>['known']): Decision {
  const { facts, record } = state;
  const hasTask = facts.hasTask || ('work' in record && record.work.type === 'task');
  if (hasTask && record.runs < MAX_RUNS)
    return release(state, jittered(state, LATER_BACKOFF_MS * 2 ** (record.runs - 1)));
  if (known !== undefined) return deadLetter(state, known);
  return hasTask
    ? deadLetter(state, { reason: 'later_threw', detail: `${record.runs} tries` })
    : deadLetter(state, { reason: 'handler_threw', detail: 'thrown by a run after a crash' });
}

// ── whether and how much may be sent ────────────────────────────────────────────────────────────────────────

/** A process may have died after it recorded the last message and before it concluded. */
const deliver = (state: DeliveryState): Decision =>
  unsentMessages(state.record).length === 0 ? conclude(state) : go(state, { type: 'askChannel' });

/** Waits for the predecessor in the lane, for `lanePatienceMs` at most. */
function onLane(state: DeliveryState, { ahead }: EventOf<'laneSeen'>): Decision {
  if (ahead === undefined) return go(state, { type: 'askQuota' });
  if (ahead.waitedMs < state.facts.lanePatienceMs) return release(state, POLL_INTERVAL_MS);
  const warning: Effect = { type: 'warnOvertakes', ahead: ahead.key, waitedMs: ahead.waitedMs };
  return first(warning, go(state, { type: 'askQuota' }));
}

/** Fits the messages into the send quota. */
function onQuota(state: DeliveryState, left: number): Decision {
  if (left === 0) return onClosed(state, 'nothing may be sent to the user now');
  const unsent = unsentMessages(state.record);
  if (unsent.length <= left) return go(state, { type: 'getToken' });
  const { send, left: messages } = fitMessages(unsent, left);
  const fitted = change(state, 'replaceUnsent', (record, lease) => to.replaceUnsent(record, lease, send));
  if (messages.length === 0) return fitted;
  const detail = `the window allows ${left} more, ${unsent.length} were to be sent`;
  const cause: DeadLetterCause = { reason: 'too_many_messages', channel: CHANNEL, detail };
  // A crash repeats the same letter id; a further cut of the rest gets another one.
  return first({ type: 'deadLetterPart', part: `left-of-${unsent.length}`, messages, cause }, fitted);
}

// ── one message ─────────────────────────────────────────────────────────────────────────────────────────────

const recordIntent = (state: DeliveryState): Decision => change(state, 'recordIntent', to.recordIntent);

function recordSent(state: DeliveryState): Decision {
  const number = sentOf(state.record);
  return change(state, 'recordSent', (record, lease) => to.recordSent(record, lease, number));
}

function onNotSent(state: DeliveryState, { next, refusal, isDenied }: EventOf<'notSent'>): Decision {
  if (isDenied && state.facts.mailboxEnabled)
    return first({ type: 'notePermissionDenied' }, putInMailbox(state, 'the account may not send (48001)'));
  const wasSpent = state.step.type === 'send';
  const refunding = (decision: Decision): Decision =>
    wasSpent ? first({ type: 'changeQuota', change: 'refund' }, decision) : decision;
  switch (next.type) {
    case 'retry': {
      const again = tryAgain(state, next.afterMs, next.retries, 'a late answer');
      return refunding(
        next.pausesAccount === true ? first({ type: 'pauseAccount', forMs: next.afterMs }, again) : again,
      );
    }
    case 'dead': {
      const { reason, detail } = next;
      if (reason !== 'window-closed')
        return refunding(deadLetter(state, { reason, detail, channel: CHANNEL, ...refusal }));
      const closed = onClosed(state, detail, refusal);
      return wasSpent ? first({ type: 'changeQuota', change: 'close' }, closed) : closed;
    }
    case 'ambiguous':
      return onUnknown(state, next.detail);
    default:
      return next satisfies never;
  }
}

/** WeChat may have taken the message: `ON_AMBIGUOUS_SEND` decides between a second copy and none. */
function onUnknown(state: DeliveryState, detail: string): Decision {
  if (state.facts.onAmbiguousSend === 'drop')
    return deadLetter(state, { reason: 'unknown', detail, channel: CHANNEL });
  return first({ type: 'warnResend', detail }, release(state, jittered(state, RESEND_AFTER_MS)));
}

// ── the user cannot be reached ──────────────────────────────────────────────────────────────────────────────

/** Sends the template, if there is one and the user has seen no part of the answer; else uses the mailbox. */
function onClosed(state: DeliveryState, detail: string, refusal: Refusal = {}): Decision {
  const { template, isRedrive } = state.facts;
  if (!isWhole(state.record) || template === undefined || isRedrive)
    return keepOrDeadLetter(state, detail, refusal);
  return go({ ...state, closed: { detail, refusal } }, { type: 'getToken' });
}

function onTemplateNotSent(state: DeliveryState, { next, refusal }: EventOf<'notSent'>): Decision {
  const { facts, record, closed = { detail: '', refusal: {} } } = state;
  const giveBack = (afterMs: number, retries: RetryCounts): Decision =>
    tryAgain(state, afterMs, retries, `a ${facts.template} in place of a late answer`);
  switch (next.type) {
    case 'retry':
      return giveBack(next.afterMs, next.retries);
    case 'dead':
      return keepOrDeadLetter(
        state,
        `${closed.detail}; and the ${facts.template} in its place: ${next.detail}`,
        refusal.errcode === undefined ? closed.refusal : refusal,
      );
    case 'ambiguous': {
      const { failures, waits } = retriesOf(record);
      // WeChat deduplicates a template message by the push's id, so it can be repeated; a subscription notice cannot.
      return facts.template === 'template' && failures < MAX_TEMPLATE_FAILURES
        ? giveBack(TEMPLATE_BACKOFF_MS * 2 ** failures, { failures: failures + 1, waits })
        : onUnknown(state, next.detail);
    }
    default:
      return next satisfies never;
  }
}

const keepOrDeadLetter = (state: DeliveryState, detail: string, refusal: Refusal): Decision =>
  isWhole(state.record) && state.facts.mailboxEnabled
    ? putInMailbox(state, detail)
    : deadLetter(state, { reason: 'window-closed', detail, channel: CHANNEL, ...refusal });

// ── results of a change ──────────────────────────────────────────────────────────────────────────────────

function onChanged(state: DeliveryState, atMs: number): Decision {
  const { step, record } = state;
  switch (step.type) {
    case 'recreate':
    case 'startDelivery':
      return onTaken(state);
    case 'setMessages':
      return deliver(state);
    case 'replaceUnsent':
      return go(state, { type: 'getToken' });
    case 'recordIntent':
      return go(state, state.closed === undefined ? { type: 'send' } : { type: 'sendTemplate' });
    case 'recordSent':
      return unsentMessages(record).length === 0 ? conclude(state) : go(state, { type: 'getToken' });
    case 'conclude':
      return first(step.report, go(state, { type: 'done' }));
    case 'endSilently':
    case 'deadLetter':
      return go(state, { type: 'done' });
    case 'putInMailbox': {
      const messages = unsentMessages(record).length;
      return first({ type: 'reportKept', messages, why: step.why }, waitInMailbox(state, atMs));
    }
    case 'defer':
      return retry(state, step.afterMs);
    case 'release':
      return afterRelease(state, step);
    default:
      return go(state, { type: 'abandon' });
  }
}

function onLost(state: DeliveryState, atMs: number): Decision {
  const { step, facts } = state;
  switch (step.type) {
    case 'startDelivery':
      return retry(state, atMs < facts.recordMayLagUntilMs ? RECORD_LAG_RETRY_MS : POLL_INTERVAL_MS);
    case 'release':
      return afterRelease(state, step);
    case 'defer':
    case 'putInMailbox':
      return retry(state, 0);
    case 'deadLetter':
      // A push of the user took messages from the mailbox at the same time, and may have left some.
      return retry(state, step.cause === MAILBOX_EXPIRED ? 0 : POLL_INTERVAL_MS);
    case 'conclude':
      return first(step.report, retry(state, POLL_INTERVAL_MS));
    default:
      return retry(state, POLL_INTERVAL_MS);
  }
}

// ── ends ──────────────────────────────────────────────────────────────────────────────────────

/** Concludes the delivery: WeChat accepted all messages, or the template that replaces them. */
function conclude(state: DeliveryState, via?: 'template' | 'subscription'): Decision {
  const sentVia = via === undefined ? {} : { via };
  return go(state, {
    type: 'conclude',
    report: { type: 'reportDelivered', messages: countOf(state.record), ...sentVia },
    transition: (record, lease) => to.conclude(record, lease, { state: 'delivered', ...sentVia }),
  });
}

/** Puts the unsent messages into the mailbox. The job stays, to check later whether the user's next message came. */
const putInMailbox = (state: DeliveryState, why: string): Decision =>
  go(state, { type: 'putInMailbox', why, transition: to.putInMailbox });

function deadLetter(state: DeliveryState, cause: DeadLetterCause): Decision {
  const { reason } = cause;
  const transition: Transition =
    state.record.state === 'inMailbox'
      ? (record) => to.expire(record, reason)
      : (record, lease) => to.conclude(record, lease, { state: 'dead', reason });
  return go(state, { type: 'deadLetter', cause, transition });
}

const tryAgain = (state: DeliveryState, afterMs: number, retries: RetryCounts, what: string): Decision =>
  first({ type: 'warnRetry', retries, afterMs, what }, release(state, afterMs, retries));

/** `isOverdue`: the message was due and could not be sent, so the job still counts as due. */
const afterRelease = (state: DeliveryState, step: { afterMs: number; isOverdue: boolean }): Decision =>
  step.isOverdue
    ? go(state, { type: 'retry', afterMs: step.afterMs, isOverdue: true })
    : retry(state, step.afterMs);

/** Releases the work; a worker looks at it again after `afterMs`. */
function release(state: DeliveryState, afterMs: number, retries?: RetryCounts): Decision {
  const transition: Transition = (record, lease) => to.release(record, lease, retries);
  return go(state, { type: 'release', afterMs, isOverdue: retries !== undefined, transition });
}

function waitInMailbox(state: DeliveryState, atMs: number): Decision {
  const afterMs = Math.max(0, state.facts.mailboxUntilMs - atMs);
  return go(state, { type: 'retry', afterMs, inMailbox: true });
}

const retry = (state: DeliveryState, afterMs: number): Decision => go(state, { type: 'retry', afterMs });

const change = (state: DeliveryState, type: PlainChange['type'], transition: Transition): Decision =>
  go(state, { type, transition });

const go = (state: DeliveryState, step: Step | End): Decision => ({ state: { ...state, step }, effects: [] });

/** Puts an effect before those of the decision. */
const first = (effect: Effect, { state, effects }: Decision): Decision => ({
  state,
  effects: [effect, ...effects],
});

// ── reading the record ────────────────────────────────────────────────────────────────────────────────────

const workOf = (record: PushRecord) =>
  'work' in record && record.work.type === 'messages' ? record.work : undefined;
const sentOf = (record: PushRecord): number => workOf(record)?.sent ?? 0;
const countOf = (record: PushRecord): number => workOf(record)?.messages.length ?? 0;
export const retriesOf = (record: PushRecord): RetryCounts =>
  ('retries' in record && record.retries) || NO_RETRIES;

/** True if the user has seen no part of the answer. */
const isWhole = (record: PushRecord): boolean => sentOf(record) === 0 && !isPartSaid(record);

const jittered = ({ facts }: DeliveryState, ms: number): number => Math.round(ms * (1 + 0.2 * facts.jitter));
