import { begin, decide } from '../../../src/pipeline/delivery/decide.js';
import type {
  Decision,
  DeliveryEvent,
  DeliveryFacts,
  Effect,
  End,
  Step,
} from '../../../src/pipeline/delivery/delivery-state.js';
import type { PushRecord } from '../../../src/push-record/push-record.js';
import { RECORDS } from '../storage/push-records.js';

/** A time at which no limit of the late answer has passed. */
export const NOW_MS = 1_000_000;
const LEASE = { owner: 'p1', fence: 1 };

export const FACTS: DeliveryFacts = {
  isJobLost: false,
  isReadable: true,
  hasTask: false,
  isRedrive: false,
  attemptsUntilMs: NOW_MS,
  recordMayLagUntilMs: 0,
  mailboxUntilMs: NOW_MS + 60_000,
  mailboxEnabled: true,
  template: undefined,
  onAmbiguousSend: 'drop',
  lanePatienceMs: 120_000,
  jitter: 0,
};

/** `done`: the change succeeds with the result of its transition. */
export type Happening = DeliveryEvent | 'done';

export const isEnd = (then: Step | End): then is End =>
  then.type === 'done' || then.type === 'retry' || then.type === 'abandon';

/** Decides on one event. */
export function step({ state }: Decision, happening: Happening): Decision {
  if (happening !== 'done') return decide(state, happening);
  const asked = state.step;
  if (isEnd(asked) || !('transition' in asked)) throw new Error(`${asked.type} changes no record`);
  const record = asked.transition(state.record, {
    ...LEASE,
    fence: asked.type === 'startDelivery' ? 0 : state.record.fence,
  });
  if (record === undefined) throw new Error(`${asked.type} is not allowed from ${state.record.state}`);
  return decide(state, { type: 'changed', record, atMs: NOW_MS });
}

export function after(facts: Partial<DeliveryFacts>, happenings: readonly Happening[]): Decision {
  return happenings.reduce(step, begin({ ...FACTS, ...facts }));
}

/** The event that the record was read, by default without a living owner. */
export const seen = (record: PushRecord | undefined, ownerIsGone = true): DeliveryEvent => ({
  type: 'recordSeen',
  record,
  ownerIsGone,
  atMs: NOW_MS,
});

export const lost: DeliveryEvent = { type: 'lost', atMs: NOW_MS };

/** Names the decision: its effects, and the step or the end. */
export const told = ({ effects, state }: Decision): string[] => [
  ...effects.map(effectInWords),
  inWords(state.step),
];

function effectInWords(effect: Effect): string {
  switch (effect.type) {
    case 'deadLetterPart':
      return `letter ${effect.part}: ${effect.messages.length}`;
    case 'changeQuota':
      return `${effect.change} quota`;
    case 'pauseAccount':
      return `pause account: ${effect.forMs}`;
    case 'reportDelivered':
      return `report delivered: ${effect.messages}${effect.via === undefined ? '' : ` (${effect.via})`}`;
    case 'reportKept':
      return `report kept: ${effect.messages}`;
    case 'warnRetry':
      return `warn: ${effect.retries.failures} failures, ${effect.retries.waits} waits`;
    default:
      return effect.type;
  }
}

export function inWords(then: Step | End): string {
  switch (then.type) {
    case 'retry':
      if (then.inMailbox === true) return `in the mailbox for ${then.afterMs}`;
      return `${then.isOverdue === true ? 'overdue, ' : ''}retry after ${then.afterMs}`;
    case 'release':
      return `release for ${then.afterMs}`;
    case 'deadLetter':
      return `dead letter: ${then.cause.reason}`;
    default:
      return then.type;
  }
}

const { messages } = RECORDS.inMailbox;
const { queued } = RECORDS;
const READABLE: readonly PushRecord[] = [
  ...Object.values(RECORDS),
  { ...queued, work: { type: 'messages', messages, sent: 1 } },
  { ...queued, work: { type: 'messages', messages, sent: 2 } },
  { ...queued, work: { type: 'task', handler: 'h', task: 1 } },
  { ...queued, work: { type: 'run' } },
  { ...queued, work: { type: 'run' }, runs: 5 },
  { ...queued, intent: 0 },
  { ...queued, replied: true },
  { ...queued, retries: { failures: 5, waits: 0 } },
];
const notSent = (
  next: Extract<DeliveryEvent, { type: 'notSent' }>['next'],
  isDenied = false,
): DeliveryEvent => ({ type: 'notSent', next, refusal: {}, isDenied });
const RETRY = notSent({ type: 'retry', afterMs: 1_000, retries: { failures: 1, waits: 0 } });
const FAILURES: readonly DeliveryEvent[] = [
  RETRY,
  notSent({ type: 'dead', reason: 'window-closed', detail: '' }),
  notSent({ type: 'dead', reason: 'bad-request', detail: '' }),
  notSent({ type: 'dead', reason: 'permission', detail: '' }, true),
  notSent({ type: 'ambiguous', detail: '' }),
];
const STOPPED: DeliveryEvent = { type: 'stopped' };

/** Every kind of answer to a step. */
export function answersTo(asked: Step): readonly Happening[] {
  switch (asked.type) {
    case 'read':
      return [undefined, ...READABLE].flatMap((record) => [seen(record), seen(record, false)]);
    case 'recreate':
      return [
        { type: 'changed', record: { ...RECORDS.delivering, work: { type: 'run' } }, atMs: NOW_MS },
        lost,
      ];
    case 'run':
      return [
        { type: 'made', made: { type: 'messages', messages } },
        { type: 'made', made: { type: 'task', handler: 'h', task: 1 } },
        { type: 'made', made: { type: 'nothing' } },
        { type: 'made', made: { type: 'dead', reason: 'reply_invalid', detail: '' } },
        { type: 'threw' },
        STOPPED,
      ];
    case 'askChannel':
      return [
        { type: 'channelSeen', passiveOnly: false, pausedMs: 0 },
        { type: 'channelSeen', passiveOnly: false, pausedMs: 10 },
        { type: 'channelSeen', passiveOnly: true, pausedMs: 0 },
      ];
    case 'askLane':
      return [
        { type: 'laneSeen' },
        { type: 'laneSeen', ahead: { key: 'k', waitedMs: 1_000 } },
        { type: 'laneSeen', ahead: { key: 'k', waitedMs: 200_000 } },
      ];
    case 'askQuota':
      return [0, 1, 2].map((left) => ({ type: 'quotaSeen', left }));
    case 'getToken':
      return [
        { type: 'tokenReady' },
        STOPPED,
        RETRY,
        notSent({ type: 'dead', reason: 'config', detail: '' }),
      ];
    case 'spendQuota':
      return [true, false].map((ok) => ({ type: 'quotaSpent', ok }));
    case 'send':
    case 'sendTemplate':
      return [{ type: 'sent' }, ...FAILURES];
    default:
      return ['done', lost];
  }
}

const VARIANTS: readonly Partial<DeliveryFacts>[] = [
  {},
  { isJobLost: true },
  { isReadable: false },
  { isRedrive: true, template: 'template' },
  { hasTask: true },
  { mailboxUntilMs: NOW_MS - 1 },
  { onAmbiguousSend: 'resend' },
  { mailboxEnabled: false },
  { template: 'template' },
  { template: 'subscription', mailboxEnabled: false },
];

/** One decision of a walk, what led to it, and the decision before. */
export interface Reached {
  readonly before: Decision;
  readonly by: DeliveryEvent['type'];
  readonly decision: Decision;
}

/** Returns every reachable decision, by every kind of answer to every step, each once. */
export function walk(): Reached[] {
  const reached = new Map<string, Reached>();
  const open: Decision[] = [];
  for (const facts of VARIANTS) open.push(after(facts, []));
  for (let before = open.pop(); before !== undefined; before = open.pop()) {
    if (isEnd(before.state.step)) continue;
    for (const happening of [...answersTo(before.state.step), { type: 'failed' } as const]) {
      const decision = step(before, happening);
      const by = happening === 'done' ? 'changed' : happening.type;
      const key = JSON.stringify([before.state.step, by, decision]);
      if (reached.has(key)) continue;
      reached.set(key, { before, by, decision });
      open.push(decision);
    }
  }
  return [...reached.values()];
}
