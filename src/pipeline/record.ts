import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';
import type { PushRecord } from '../ports/state-store.js';

/**
 * The rules by which the record of a push changes (design: the record of a push). Each rule looks at the record
 * as it stands and returns the next one, or `undefined`: not allowed, the caller has lost. Nothing else may make
 * a `PushRecord`, and every change goes through the store's compare-and-swap, so two callers never both win.
 *
 *                      ┌─ answer ───► answered ──┐ finish (nobody heard it)
 *   running ─ takeOver │─ acknowledge ► acknowledged
 *      │  ▲────────────┘                          │
 *      │ adopt · postpone                         ▼
 *      └──────────────► adopted ◄── giveBack ── taking ──► delivered · stashed · dead
 *                          └────────── take ──────▲
 */
export interface Holder {
  readonly owner: string;
  readonly fence: number;
}

/** A record that nobody has to work on any more. */
export function isOver(record: PushRecord): boolean {
  switch (record.state) {
    case 'running':
    case 'adopted':
    case 'taking':
      return false;
    case 'answered':
    case 'acknowledged':
    case 'delivered':
    case 'stashed':
    case 'dead':
      return true;
    default:
      return record.state satisfies never;
  }
}

const holds = (record: PushRecord, me: Holder): boolean =>
  record.owner === me.owner && record.fence === me.fence;

/** A claim begins here. */
export function begin(owner: string): PushRecord {
  return { state: 'running', owner, fence: 1, attempt: 1 };
}

/** A try saw the runner under `deadFence` dead: run again, under a higher fence. */
export function takeOver(record: PushRecord, owner: string, deadFence: number): PushRecord | undefined {
  if (record.state !== 'running' || record.fence !== deadFence) return undefined;
  return { ...record, owner, fence: record.fence + 1, attempt: record.attempt + 1 };
}

/** The runner settles a passive reply. It stays the owner, so that it alone can still finish it late. */
export function answer(record: PushRecord, me: Holder): PushRecord | undefined {
  if (record.state !== 'running' || !holds(record, me)) return undefined;
  return { state: 'answered', owner: me.owner, fence: me.fence, attempt: record.attempt };
}

/** The runner settles the first part as a passive reply, and leaves the rest to whoever takes the job. */
export function answerFirst(
  record: PushRecord,
  me: Holder,
  rest: readonly CustomerServiceMessage[],
): PushRecord | undefined {
  if (record.state !== 'running' || !holds(record, me)) return undefined;
  const { fence, attempt } = record;
  return { state: 'adopted', owner: '', fence, attempt, messages: rest, sent: 0, replied: true };
}

/** Whether a try hears the remembered reply, where it is still remembered, and not `success`. */
export function isReplied(record: PushRecord): boolean {
  return record.state === 'answered' || record.replied === true;
}

/** The holder made nothing to send: in time, after the deadline, or as a worker. */
export function acknowledge(record: PushRecord, me: Holder): PushRecord | undefined {
  if (isOver(record) || !holds(record, me)) return undefined;
  return { state: 'acknowledged', owner: '', fence: me.fence, attempt: record.attempt };
}

/** A deadline passed with the job safe: `success` is said, the owner goes on. Any try may settle this. */
export function adopt(record: PushRecord): PushRecord | undefined {
  return record.state === 'running' ? { ...record, state: 'adopted' } : undefined;
}

/** The runner leaves the rest to `later`, done by whoever takes the job. The first run of `later` is attempt 1. */
export function postpone(
  record: PushRecord,
  me: Holder,
  handler: string,
  task: Json,
): PushRecord | undefined {
  if (isOver(record) || !holds(record, me)) return undefined;
  return { state: 'adopted', owner: '', fence: me.fence, attempt: 0, handler, task };
}

/**
 * The runner of an adopted run hands in what it made. `running` and `answered` are allowed too: `success` was said
 * for it while the swap to `adopted` was under way, or while the swap to `answered` hung, which nobody heard.
 */
export function finish(
  record: PushRecord,
  me: Holder,
  messages: readonly CustomerServiceMessage[],
): PushRecord | undefined {
  if (record.state !== 'running' && record.state !== 'adopted' && record.state !== 'answered')
    return undefined;
  if (!holds(record, me)) return undefined;
  return { state: 'adopted', owner: '', fence: me.fence, attempt: record.attempt, messages, sent: 0 };
}

/** A worker takes late work that needs no living owner, or whose owner was seen dead under `deadFence`. */
export function take(
  record: PushRecord,
  owner: string,
  deadFence: number | undefined,
): PushRecord | undefined {
  if (isOver(record) || (record.owner !== '' && record.fence !== deadFence)) return undefined;
  const runsAgain = record.messages === undefined;
  return {
    ...record,
    state: 'taking',
    owner,
    fence: record.fence + 1,
    attempt: record.attempt + (runsAgain ? 1 : 0),
  };
}

/** The record was lost but its job was not: the worker that claimed the push anew goes on with the late work. */
export function resume(record: PushRecord, me: Holder): PushRecord | undefined {
  if (record.state !== 'running' || !holds(record, me)) return undefined;
  return { ...record, state: 'taking' };
}

/** The worker's run made its messages. */
export function prepare(
  record: PushRecord,
  me: Holder,
  messages: readonly CustomerServiceMessage[],
): PushRecord | undefined {
  if (record.state !== 'taking' || !holds(record, me)) return undefined;
  const { task: _done, handler: _by, failures: _failures, waits: _waits, ...rest } = record;
  return { ...rest, messages, sent: 0 };
}

/** Written durably before a message leaves: from here on it may have arrived. */
export function intend(record: PushRecord, me: Holder): PushRecord | undefined {
  if (record.state !== 'taking' || !holds(record, me)) return undefined;
  return { ...record, intent: record.sent ?? 0 };
}

/** WeChat took the message with this number. Noted once, also where a note that was reported as failed had landed. */
export function noteSent(record: PushRecord, me: Holder, number: number): PushRecord | undefined {
  if (record.state !== 'taking' || !holds(record, me)) return undefined;
  if ((record.sent ?? 0) > number) return record;
  const { intent: _arrived, failures: _failures, waits: _waits, ...rest } = record;
  return { ...rest, sent: number + 1 };
}

/** The try certainly had no effect, or its copy is wanted: the work goes back, to be taken again by anyone. */
export function giveBack(
  record: PushRecord,
  me: Holder,
  tries: { readonly failures: number; readonly waits: number } = { failures: 0, waits: 0 },
): PushRecord | undefined {
  if ((record.state !== 'taking' && record.state !== 'adopted') || !holds(record, me)) return undefined;
  const { intent: _void, ...rest } = record;
  return { ...rest, state: 'adopted', owner: '', ...tries };
}

/** The holder drops the work without knowing how far it came: an intent stands, for the next one to judge. */
export function letGo(record: PushRecord, me: Holder): PushRecord | undefined {
  if ((record.state !== 'taking' && record.state !== 'adopted') || !holds(record, me)) return undefined;
  return { ...record, state: 'adopted', owner: '' };
}

/** The work reached its end in the hands of its holder. */
export function conclude(
  record: PushRecord,
  me: Holder,
  end: { readonly state: 'delivered' | 'stashed' } | { readonly state: 'dead'; readonly reason: string },
): PushRecord | undefined {
  if (isOver(record) || !holds(record, me)) return undefined;
  const { attempt, replied } = record;
  return { owner: '', fence: me.fence, attempt, ...(replied && { replied }), ...end };
}
