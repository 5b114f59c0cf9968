import { promiseReady, type SaidMeanwhile } from './transitions.js';
import { isHeldBy, type Overrunning, type PushRecord, type RecordState } from './push-record.js';

/**
 * Under one fence the later state wins. `answered` ranks lowest of the states with a response: its reply may have met a
 * closed connection, while the user of another run's promise waits for an answer.
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
 * Decides between two records of one push that diverged: one in Redis, one in the journal of a process that could not
 * reach Redis. Pure and symmetric. The first row that matches applies:
 *
 * | the two records                                                  | result
 * |
 * | ---------------------------------------------------------------- | ------------------------------------------------- |
 * | different fences                                                 | the higher one: a process took the push over
 * |
 * | `answered` and `overrunning` of one owner                        | `answered`: that run is over and promised
 * nothing |
 * | `ready` and `overrunning`                                        | the answer, as a promise: `queued`                |
 * | a promise of the whole answer, and `queued` with a replied rest  | the whole: its beginning may not have arrived
 * |
 * | anything else                                                    | the later state by `PRECEDENCE`                   |
 *
 * So a terminal record loses to an unfinished one in two rows only: to a higher fence, and `answered` to a promise of
 * another owner.
 */
export function resolveConflict(a: PushRecord, b: PushRecord): PushRecord {
  if (a.fence !== b.fence) return a.fence > b.fence ? a : b;
  return ofOneRun(a, b) ?? ofOneRun(b, a) ?? later(a, b);
}

/**
 * The same for a record that process `me` writes back from its journal. A stored record in the name of `me` is an
 * earlier write that was reported as failed and that no attempt learned of.
 */
export function resolveReturn(mine: PushRecord, stored: PushRecord, me: string | undefined): PushRecord {
  const isMyEarlierWord = me !== undefined && 'owner' in stored && stored.owner === me;
  return isMyEarlierWord && stored.fence === mine.fence ? mine : resolveConflict(mine, stored);
}

function ofOneRun(a: PushRecord, b: PushRecord): PushRecord | undefined {
  if (a.state === 'answered' && b.state === 'overrunning') return isHeldBy(b, a) ? a : undefined;
  if (a.state === 'ready' && b.state === 'overrunning') return promiseReady(a, saidIn(b));
  const isRest = a.state === 'queued' && a.work.type === 'messages' && a.replied === true;
  const isWhole = (b.state === 'overrunning' || b.state === 'queued') && b.replied !== true;
  return isRest && isWhole ? b : undefined;
}

const saidIn = ({ replied, ownUnsaid }: Overrunning): SaidMeanwhile =>
  replied !== true ? 'success' : ownUnsaid === true ? 'notice' : 'reply';

function later(a: PushRecord, b: PushRecord): PushRecord {
  const order =
    PRECEDENCE[a.state] - PRECEDENCE[b.state] ||
    sentOf(a) - sentOf(b) ||
    // Any order is right, as long as both sides choose the same.
    (textOf(a) < textOf(b) ? -1 : 1);
  return order > 0 ? a : b;
}

const sentOf = (record: PushRecord): number =>
  'work' in record && record.work.type === 'messages' ? record.work.sent : 0;

const textOf = (record: PushRecord): string => JSON.stringify(record);
