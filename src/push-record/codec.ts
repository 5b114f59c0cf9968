import type { Json } from '../protocol/json.js';
import type { Carried, Messages, PushRecord, RetryCounts, Work } from './push-record.js';

/** A record in its stored form: one flat object with the names of journal format 3. */
export interface StoredPushRecord {
  readonly state:
    'running' | 'answered' | 'acknowledged' | 'adopted' | 'taking' | 'delivered' | 'stashed' | 'dead';
  readonly owner: string;
  readonly fence: number;
  readonly attempt: number;
  readonly task?: Json;
  readonly handler?: string;
  readonly messages?: Messages;
  readonly sent?: number;
  readonly intent?: number;
  readonly failures?: number;
  readonly waits?: number;
  readonly replied?: true;
  readonly ownUnsaid?: true;
  readonly unheard?: true;
  readonly lateOnly?: true;
  readonly carried?: Carried;
  readonly reason?: string;
  readonly road?: 'template' | 'subscription';
}

/** Encodes a record for a store; `decodeRecord` is the inverse. No other file knows the stored form. */
export function encodeRecord(record: PushRecord): StoredPushRecord {
  const { fence, runs: attempt } = record;
  switch (record.state) {
    case 'running':
      return { state: 'running', owner: record.owner, fence, attempt };
    case 'released':
      return { state: 'running', owner: '', fence, attempt };
    case 'answered':
      return { state: 'answered', owner: record.owner, fence, attempt };
    case 'acknowledged':
      return { state: 'acknowledged', owner: '', fence, attempt, ...heard(record) };
    case 'overrunning':
      return { state: 'adopted', owner: record.owner, fence, attempt, ...heard(record) };
    case 'ready':
      return {
        state: 'adopted',
        owner: '',
        fence,
        attempt,
        ...workFields(record.work),
        unheard: true,
        ...(record.lateOnly === true && { lateOnly: true }),
      };
    case 'queued':
      return { state: 'adopted', owner: '', fence, attempt, ...progressFields(record), ...heard(record) };
    case 'delivering':
      return {
        state: 'taking',
        owner: record.owner,
        fence,
        attempt,
        ...progressFields(record),
        ...heard(record),
        ...(record.wasReady === true && { unheard: true }),
      };
    case 'inMailbox':
      return {
        state: 'stashed',
        owner: '',
        fence,
        attempt,
        messages: record.messages,
        ...heard(record),
        ...(record.carried !== undefined && { carried: record.carried }),
      };
    case 'delivered':
      return {
        state: 'delivered',
        owner: '',
        fence,
        attempt,
        ...heard(record),
        ...(record.via !== undefined && { road: record.via }),
      };
    case 'dead':
      return { state: 'dead', owner: '', fence, attempt, reason: record.reason, ...heard(record) };
    default:
      return record satisfies never;
  }
}

/** The same as `isTerminal`, without decoding the record. */
export const isStoredTerminal = ({ state }: StoredPushRecord): boolean =>
  state === 'answered' || state === 'acknowledged' || state === 'delivered' || state === 'dead';

export function decodeRecord(stored: StoredPushRecord): PushRecord {
  const { owner, fence, attempt: runs, messages = [] } = stored;
  switch (stored.state) {
    case 'running':
      return owner === '' ? { state: 'released', fence, runs } : { state: 'running', owner, fence, runs };
    case 'answered':
      return { state: 'answered', owner, fence, runs };
    case 'acknowledged':
      return { state: 'acknowledged', fence, runs, ...heard(stored) };
    case 'adopted':
      if (owner !== '') return { state: 'overrunning', owner, fence, runs, ...heard(stored) };
      if (stored.unheard === true && (stored.sent ?? 0) === 0) return readyOf(stored);
      return { state: 'queued', fence, runs, ...progressOf(stored), ...heard(stored) };
    case 'taking':
      return {
        state: 'delivering',
        owner,
        fence,
        runs,
        ...progressOf(stored),
        ...heard(stored),
        ...(stored.unheard === true && { wasReady: true }),
      };
    case 'stashed':
      return {
        state: 'inMailbox',
        fence,
        runs,
        messages,
        ...heard(stored),
        ...(stored.carried !== undefined && { carried: stored.carried }),
      };
    case 'delivered':
      return {
        state: 'delivered',
        fence,
        runs,
        ...heard(stored),
        ...(stored.road !== undefined && { via: stored.road }),
      };
    case 'dead':
      return { state: 'dead', fence, runs, reason: stored.reason ?? 'unknown', ...heard(stored) };
    default:
      return stored.state satisfies never;
  }
}

function readyOf(stored: StoredPushRecord): PushRecord {
  const { fence, attempt: runs, lateOnly } = stored;
  const { work } = progressOf(stored);
  // A run without a response or a result: the next attempt begins another one.
  if (work.type === 'run') return { state: 'released', fence, runs };
  return { state: 'ready', fence, runs, work, ...(lateOnly === true && { lateOnly }) };
}

interface Heard {
  readonly replied?: true;
  readonly ownUnsaid?: true;
}

const heard = ({ replied, ownUnsaid }: Heard): Heard => ({
  ...(replied === true && { replied }),
  ...(ownUnsaid === true && { ownUnsaid }),
});

interface Progress {
  readonly work: Work;
  readonly intent?: number;
  readonly retries?: RetryCounts;
}

function progressFields({ work, intent, retries }: Progress): Partial<StoredPushRecord> {
  return { ...workFields(work), ...(intent !== undefined && { intent }), ...retries };
}

function workFields(work: Work): Partial<StoredPushRecord> {
  switch (work.type) {
    case 'messages':
      return { messages: work.messages, sent: work.sent };
    case 'task':
      return { handler: work.handler, task: work.task };
    case 'run':
      return {};
    default:
      return work satisfies never;
  }
}

function progressOf(stored: StoredPushRecord): Progress {
  const { messages, sent = 0, handler = '', task, intent, failures, waits } = stored;
  const work: Work =
    messages !== undefined
      ? { type: 'messages', messages, sent }
      : task !== undefined
        ? { type: 'task', handler, task }
        : { type: 'run' };
  const hasRetries = failures !== undefined || waits !== undefined;
  return {
    work,
    ...(intent !== undefined && { intent }),
    ...(hasRetries && { retries: { failures: failures ?? 0, waits: waits ?? 0 } }),
  };
}
