import { changeRecord } from './change-record.js';
import { insist } from './insist.js';
import type { RecordName } from './job.js';
import type { PushRecord } from '../ports/state-store.js';
import * as rules from './record.js';
import type { RunDeps } from './run.js';

/**
 * A claim or a take was reported as failed, and may have been stored all the same: then the record names this
 * process, which lives and does nothing for it. As soon as the store answers, a claim is left to the next attempt, and
 * late work to whoever looks at its job next.
 */
export async function disown(deps: RunDeps, name: RecordName): Promise<void> {
  const { store, clock, owner, queue, log, runs, inHand } = deps;
  const { key, pushId } = name;
  try {
    const seen = await insist(deps, pushId, () => store.read(key, clock.now()));
    if (seen === undefined || seen.stored.record.owner !== owner.id) return;
    const { record } = seen.stored;
    if (inHand.has(key)) return;
    // A run of this process may still look for its claim, while the late work that came of it is in nobody's hands.
    if (record.state !== 'taking' && runs.has(key)) return;
    const me = { owner: owner.id, fence: record.fence };
    const rule = (current: PushRecord) => rules.letGo(current, me) ?? rules.release(current, me);
    await insist(deps, pushId, () => changeRecord(deps, name, seen.stored, rule, { durable: true }));
    await queue.hurry(pushId);
  } catch (error) {
    log.error({ err: error, pushId }, 'a push that this process cannot work on could not be given back');
  }
}
