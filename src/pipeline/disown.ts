import { changeRecord } from './change-record.js';
import { insist } from './insist.js';
import type { RecordName } from './job.js';
import { decodeRecord } from '../push-record/codec.js';
import { isHeldBy, type PushRecord } from '../push-record/push-record.js';
import { abandon, releaseRun } from '../push-record/transitions.js';
import type { RunDeps } from './run/run-deps.js';

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
    if (seen === undefined) return;
    const record = decodeRecord(seen.stored.record);
    const lease = { owner: owner.id, fence: record.fence };
    if (!isHeldBy(record, lease) || inHand.has(key)) return;
    // A run of this process may still look for its claim, while the late work that came of it is in nobody's hands.
    if (record.state !== 'delivering' && runs.has(key)) return;
    const rule = (current: PushRecord) => abandon(current, lease) ?? releaseRun(current, lease);
    await insist(deps, pushId, () => changeRecord(deps, name, seen.stored, rule, { durable: true }));
    await queue.hurry(pushId);
  } catch (error) {
    log.error({ err: error, pushId }, 'a push that this process cannot work on could not be given back');
  }
}
