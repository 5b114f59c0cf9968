import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';
import type { Place, PushRecord } from '../ports/state-store.js';

/**
 * The rules by which the record of a push changes (design: the record of a push). Each rule looks at the record
 * as it stands and returns the next one, or `undefined`: not allowed, the caller has lost. Nothing else may make
 * a `PushRecord`, and every change goes through the store's compare-and-swap, so two callers never both win.
 *
 *                      ┌─ answer ───► answered ──┐ finish (nobody heard it)
 *   running ─ takeOver │─ acknowledge ► acknowledged
 *      │  ▲────────────┘                          │
 *      │ adopt · postpone · ready                 ▼
 *      └──────────────► adopted ◄── giveBack ── taking ──► delivered · dead
 *                        │ └────────── take ──────▲ │         ▲
 *                        └─ answer ► answered      └ shelve ► stashed ─ useUp · expire
 */
export interface Holder {
  readonly owner: string;
  readonly fence: number;
}

/**
 * Where a record stands for its sender: under way in the lane, kept on the shelf, or nowhere because it is over, or
 * because nobody runs it and nobody was promised anything.
 */
export function placeOf(record: PushRecord): Place {
  switch (record.state) {
    case 'running':
      return record.owner === '' ? 'none' : 'lane';
    case 'adopted':
    case 'taking':
      return 'lane';
    case 'stashed':
      return 'shelf';
    case 'answered':
    case 'acknowledged':
    case 'delivered':
    case 'dead':
      return 'none';
    default:
      return record.state satisfies never;
  }
}

/** A record of which nothing more will become. */
export const isOver = (record: PushRecord): boolean =>
  record.state !== 'running' && placeOf(record) === 'none';

/** What tries heard stays what they hear. */
const said = ({ replied }: PushRecord): { readonly replied?: true } => (replied === true ? { replied } : {});

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

/**
 * A passive reply is settled, by the runner or for a try that came for what `ready` left. What the reply could not carry
 * goes late, by whoever takes the job, or is kept for the sender's next message.
 *
 * Without a rest the runner stays the owner, so that it alone can still finish late what nobody heard.
 */
export function answer(
  record: PushRecord,
  me: Holder,
  rest: readonly CustomerServiceMessage[] = [],
  restIs: 'late' | 'kept' = 'late',
): PushRecord | undefined {
  const isRunner = record.state === 'running' && holds(record, me);
  if (!isRunner && !isUnheard(record)) return undefined;
  const { owner, fence, attempt } = record;
  if (rest.length === 0) return { state: 'answered', owner, fence, attempt };
  const more = { owner: '', fence, attempt, messages: rest, replied: true } as const;
  return restIs === 'kept' ? { state: 'stashed', ...more } : { state: 'adopted', sent: 0, ...more };
}

/**
 * The runner has an answer while no try waits for it: the next try hears it, or else its job sends or keeps it. From
 * `adopted` only where no try was told so.
 */
export function ready(
  record: PushRecord,
  me: Holder,
  messages: readonly CustomerServiceMessage[],
  from: 'running' | 'adopted' = 'running',
): PushRecord | undefined {
  if (record.state !== from || !holds(record, me)) return undefined;
  const { fence, attempt } = record;
  return { state: 'adopted', owner: '', fence, attempt, messages, sent: 0, unheard: true };
}

/** There is an answer that nobody has heard, and that an attempt may still hear. */
export const isUnheard = (record: PushRecord): boolean =>
  record.state === 'adopted' &&
  record.unheard === true &&
  record.owner === '' &&
  record.messages !== undefined;

/** Whether a try hears the remembered reply, where it is still remembered, and not `success`. */
export function isReplied(record: PushRecord): boolean {
  return record.state === 'answered' || record.replied === true;
}

/** The holder made nothing to send: in time, after the deadline, or as a worker. */
export function acknowledge(record: PushRecord, me: Holder): PushRecord | undefined {
  if (isOver(record) || !holds(record, me)) return undefined;
  return { state: 'acknowledged', owner: '', fence: me.fence, attempt: record.attempt, ...said(record) };
}

/** The runner made nothing and never will: allowed while no try was told that an answer comes late. */
export function giveUp(record: PushRecord, me: Holder): PushRecord | undefined {
  return record.state === 'running' ? acknowledge(record, me) : undefined;
}

/** A deadline passed with the job safe: `success` is said, the owner goes on. Any try may settle this. */
export function adopt(record: PushRecord): PushRecord | undefined {
  return record.state === 'running' ? { ...record, state: 'adopted' } : undefined;
}

/** The tries had been sent away before they could be told of the adoption: it yields to whatever one of them hears. */
export function retract(record: PushRecord, me: Holder): PushRecord | undefined {
  return record.state === 'adopted' && holds(record, me) ? { ...record, unheard: true } : undefined;
}

/** The same, where a reply is said in place of `success`: a notice, something kept, the beginning of the answer. */
export function adoptSaying(record: PushRecord): PushRecord | undefined {
  return record.state === 'running' ? { ...record, state: 'adopted', replied: true } : undefined;
}

/** The runner leaves the rest to `later`, done by whoever takes the job. The first run of `later` is attempt 1. */
export function postpone(
  record: PushRecord,
  me: Holder,
  handler: string,
  task: Json,
): PushRecord | undefined {
  if (isOver(record) || !holds(record, me)) return undefined;
  return { state: 'adopted', owner: '', fence: me.fence, attempt: 0, handler, task, ...said(record) };
}

/** The same, where tries hear a reply in place of `success`. */
export function postponeSaying(...given: Parameters<typeof postpone>): PushRecord | undefined {
  const next = postpone(...given);
  return next && { ...next, replied: true };
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
  const { attempt } = record;
  return { state: 'adopted', owner: '', fence: me.fence, attempt, messages, sent: 0, ...said(record) };
}

/** A worker takes late work that needs no living owner, or whose owner was seen dead under `deadFence`. */
export function take(
  record: PushRecord,
  owner: string,
  deadFence: number | undefined,
): PushRecord | undefined {
  if (isOver(record) || record.state === 'stashed') return undefined;
  if (record.owner !== '' && record.fence !== deadFence) return undefined;
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

/** A dead letter is tried again, by a record of its own: whoever takes the job sends its messages, or runs its handler. */
export function revive(
  record: PushRecord,
  me: Holder,
  messages: readonly CustomerServiceMessage[],
): PushRecord | undefined {
  if (record.state !== 'running' || !holds(record, me)) return undefined;
  const begun = { state: 'adopted', owner: '', fence: me.fence, attempt: 0 } as const;
  return messages.length === 0 ? begun : { ...begun, messages, sent: 0 };
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

/** The messages still to be sent are put together anew, to fit into what may be sent. */
export function refit(
  record: PushRecord,
  me: Holder,
  messages: readonly CustomerServiceMessage[],
): PushRecord | undefined {
  if (record.state !== 'taking' || !holds(record, me)) return undefined;
  return { ...record, messages: [...(record.messages ?? []).slice(0, record.sent ?? 0), ...messages] };
}

/** What is left to send is kept for the sender's next message. */
export function shelve(record: PushRecord, me: Holder): PushRecord | undefined {
  if (record.state !== 'taking' || !holds(record, me)) return undefined;
  const { fence, attempt, messages = [], sent = 0 } = record;
  return { state: 'stashed', owner: '', fence, attempt, messages: messages.slice(sent), ...said(record) };
}

/** The answer to another push carries what was kept, up to `left`. */
export function useUp(record: PushRecord, left: readonly CustomerServiceMessage[]): PushRecord | undefined {
  if (record.state !== 'stashed') return undefined;
  if (left.length > 0) return { ...record, messages: left };
  const { messages: _used, ...rest } = record;
  return { ...rest, state: 'delivered' };
}

/** Nobody came for what was kept. */
export function expire(record: PushRecord, reason: string): PushRecord | undefined {
  if (record.state !== 'stashed') return undefined;
  const { messages: _buried, ...rest } = record;
  return { ...rest, state: 'dead', reason };
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

/**
 * The runner goes, and its run counts for nothing any more. Where an attempt was told that an answer comes late (`promised`,
 * or the record says so), a worker runs the handler again; else the next attempt does.
 */
export function release(record: PushRecord, me: Holder, isPromised = false): PushRecord | undefined {
  if ((record.state !== 'running' && record.state !== 'adopted') || !holds(record, me)) return undefined;
  const { unheard: _unheard, ...rest } = record;
  return { ...rest, state: isPromised ? 'adopted' : record.state, owner: '' };
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
  end:
    | { readonly state: 'delivered'; readonly road?: NonNullable<PushRecord['road']> }
    | { readonly state: 'dead'; readonly reason: string },
): PushRecord | undefined {
  if (isOver(record) || !holds(record, me)) return undefined;
  return { owner: '', fence: me.fence, attempt: record.attempt, ...said(record), ...end };
}
