import { updateRecord } from './update-record.js';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import type { RecordRef } from './record-ref.js';
import { decodeRecord } from '../../push-record/codec.js';
import { isHeldBy, type PushRecord } from '../../push-record/push-record.js';
import { abandon, releaseRun } from '../../push-record/transitions.js';
import type { RunDeps } from '../run/run-deps.js';

/**
 * Releases a claim or a lease whose write failed but may have been stored: its record then names this process, which is
 * alive and does not work on it. Once the store answers, the next attempt can claim the push, or the next worker can
 * take the job.
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
    // While no process owns the late work, a run of this process may still wait for its claim.
    if (record.state !== 'delivering' && activeRuns.has(key)) return;
    const rule = (current: PushRecord) => abandon(current, lease) ?? releaseRun(current, lease);
    await retryWhileUnavailable(deps, pushId, () =>
      updateRecord(deps, ref, seen.stored, rule, { durable: true }),
    );
    await queue.promote(pushId);
  } catch (error) {
    log.error(
      { err: error, pushId },
      'claim release failed: this process cannot work on the push, nor give it back',
    );
  }
}
