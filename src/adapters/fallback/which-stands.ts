import type { PushRecord } from '../../ports/state-store.js';

const OVER: ReadonlySet<PushRecord['state']> = new Set([
  'answered',
  'acknowledged',
  'delivered',
  'stashed',
  'dead',
]);

/** There is something to be sent, or to be done. */
const hasAnswer = ({ messages, task }: PushRecord): boolean => messages !== undefined || task !== undefined;

/**
 * It settled the beginning of an answer as the reply, and the rest is to follow. Like a whole reply it may have landed when
 * nobody waited for it any more.
 */
const isBegun = ({ owner, replied, messages }: PushRecord): boolean =>
  owner === '' && replied === true && messages !== undefined;

/**
 * Whether the record that comes home from a journal stands, or the one that Redis has of the same push.
 *
 * The higher fence wins: somebody took the push over. Under the same fence a record that Redis holds in our name is
 * an earlier word of our own, or a try's "adopted" on it. One that somebody else holds was claimed there while we
 * claimed the push here: it yields while it promised nothing that a user waits for, else whoever is done wins.
 *
 * @param me  the owner whose journal it is, where that is known
 */
export function oursStands(ours: PushRecord, theirs: PushRecord, localOwner: string | undefined): boolean {
  if (theirs.fence !== ours.fence) return ours.fence > theirs.fence;
  // An answer that nobody heard and that nobody was promised yields to what became of a try: here, or in another process.
  if (ours.unheard === true && OVER.has(theirs.state)) return false;
  // But a try's word that an answer comes late is no answer.
  if (theirs.unheard === true) return ours.state !== 'adopted' || hasAnswer(ours);
  if (theirs.owner !== '' && (theirs.owner === localOwner || theirs.owner === ours.owner)) return true;
  if (ours.unheard === true && theirs.state !== 'running')
    return theirs.state === 'adopted' && !hasAnswer(theirs);
  switch (theirs.state) {
    case 'running':
    case 'answered':
      return true;
    case 'adopted':
    case 'taking':
      // Tries come one after the other: who was told that an answer comes late heard nothing before.
      if (isBegun(theirs) && ours.state === 'adopted' && ours.replied !== true) return true;
      return theirs.owner !== '' && OVER.has(ours.state);
    case 'acknowledged':
    case 'delivered':
    case 'stashed':
    case 'dead':
      return false;
    default:
      return theirs.state satisfies never;
  }
}
