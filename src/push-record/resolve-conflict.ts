import { isHeldBy, type PushRecord, type RecordState } from './push-record.js';

/**
 * Under one fence the later state stands. `answered` is the lowest of those that attempts heard of: its reply may have
 * met a closed connection, while a promise of another run was heard by somebody who now waits for it.
 */
const PRECEDENCE: { readonly [state in RecordState]: number } = {
  released: 0,
  running: 1,
  ready: 2,
  answered: 3,
  overrunning: 4,
  queued: 5,
  delivering: 6,
  inMailbox: 7,
  acknowledged: 8,
  dead: 9,
  delivered: 10,
};

/**
 * Decides between two records of one push that came about apart: one in Redis, one in the journal of a process that
 * could not reach Redis. Pure, and the order of the two does not matter. The rows, the first that fits:
 *
 * | the two                                                          | what stands                                       |
 * | ---------------------------------------------------------------- | ------------------------------------------------- |
 * | different fences                                                 | the higher one: somebody took the push over       |
 * | `answered` and `overrunning` of one owner                        | `answered`: that run is over, and promised nobody |
 * | `ready` and `overrunning`                                        | the answer, as a promise: `queued`                |
 * | a promise of the whole answer, and `queued` with a replied rest  | the whole: its beginning may not have been heard  |
 * | anything else                                                    | the later state by `PRECEDENCE`                   |
 *
 * So a terminal record loses to one that goes on in two rows only: to a higher fence, and `answered` to another's promise.
 */
export function resolveConflict(a: PushRecord, b: PushRecord): PushRecord {
  if (a.fence !== b.fence) return a.fence > b.fence ? a : b;
  return ofOneRun(a, b) ?? ofOneRun(b, a) ?? later(a, b);
}

/**
 * The same for a record that `me` brings back from its journal: what the store holds in my name is an earlier word of my
 * own, which I saw fail, and of which I have told nobody.
 */
export function resolveReturn(mine: PushRecord, stored: PushRecord, me: string | undefined): PushRecord {
  const isMyEarlierWord = me !== undefined && 'owner' in stored && stored.owner === me;
  return isMyEarlierWord && stored.fence === mine.fence ? mine : resolveConflict(mine, stored);
}

function ofOneRun(a: PushRecord, b: PushRecord): PushRecord | undefined {
  if (a.state === 'answered' && b.state === 'overrunning') return isHeldBy(b, a) ? a : undefined;
  if (a.state === 'ready' && b.state === 'overrunning') {
    const { fence, runs, messages } = a;
    const replied = b.replied === true ? ({ replied: true } as const) : {};
    return { state: 'queued', fence, runs, work: { type: 'messages', messages, sent: 0 }, ...replied };
  }
  const isRest = a.state === 'queued' && a.work.type === 'messages' && a.replied === true;
  const isWhole = (b.state === 'overrunning' || b.state === 'queued') && b.replied !== true;
  return isRest && isWhole ? b : undefined;
}

function later(a: PushRecord, b: PushRecord): PushRecord {
  const order =
    PRECEDENCE[a.state] - PRECEDENCE[b.state] ||
    sentOf(a) - sentOf(b) ||
    // Any order will do, so long as both sides find the same.
    (textOf(a) < textOf(b) ? -1 : 1);
  return order > 0 ? a : b;
}

const sentOf = (record: PushRecord): number =>
  'work' in record && record.work.type === 'messages' ? record.work.sent : 0;

const textOf = (record: PushRecord): string => JSON.stringify(record);
