import { updateRecord } from './update-record.js';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import type { RecordRef } from './record-ref.js';
import { decodeRecord } from '../../push-record/codec.js';
import { isHeldBy, type PushRecord } from '../../push-record/push-record.js';
import { abandon, releaseRun } from '../../push-record/transitions.js';
import type { RunDeps } from '../run/run-deps.js';

/**
 * A claim or a take was reported as failed, and may have been stored all the same: then the record names this
 * process, which lives and does nothing for it. As soon as the store answers, a claim is left to the next attempt, and
 * late work to whoever looks at its job next.
 */
export async function releaseUncertainClaim(deps: RunDeps, ref: RecordRef): Promise<void> {
  const { store, clock, owner, queue, log, activeRuns, activeDeliveries } = deps;
  const { key, pushId } = ref;
  try {
    const seen = await retryWhileUnavailable(deps, pushId, () => store.read(key, clock.now()));
    if (seen === undefined) return;
    const record = decodeRecord(seen.stored.record);
    const lease = { owner: owner.id, fence: record.fence };
    if (!isHeldBy(record, lease) || activeDeliveries.has(key)) return;
    // A run of this process may still look for its claim, while the late work that came of it is in nobody's hands.
    if (record.state !== 'delivering' && activeRuns.has(key)) return;
    const rule = (current: PushRecord) => abandon(current, lease) ?? releaseRun(current, lease);
    await retryWhileUnavailable(deps, pushId, () =>
      updateRecord(deps, ref, seen.stored, rule, { durable: true }),
    );
    await queue.promote(pushId);
  } catch (error) {
    log.error({ err: error, pushId }, 'a push that this process cannot work on could not be given back');
  }
}
