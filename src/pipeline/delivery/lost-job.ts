import type { DeferredJob, LostJobProcessor } from '../../ports/deferred-queue.js';
import type { StoredRecord } from '../../ports/state-store.js';
import { toOpenId, toPushId } from '../../protocol/ids.js';
import { decodeRecord } from '../../push-record/codec.js';
import { isTerminal, type PushRecord } from '../../push-record/push-record.js';
import { conclude, expire, startDelivery } from '../../push-record/transitions.js';
import { updateRecord } from '../record/update-record.js';
import {
  recordDeadLetter,
  endAsDead,
  storeDeadLetter,
  type DeadLetterCause,
} from '../dead-letters/dead-letter.js';
import { recordRef, type RecordRef } from '../record/record-ref.js';
import { retryAfter, DONE, POLL_INTERVAL_MS, type DeliveryDeps } from './delivery.js';

const WHY: DeadLetterCause = {
  reason: 'job_lost',
  detail: 'the queue lost what this job was about (does Redis evict keys? set maxmemory-policy noeviction)',
};
/** Nothing is known but that there was a job. */
const UNKNOWN: PushRecord = { state: 'dead', fence: 0, runs: 0, reason: WHY.reason };

/** Ends work whose job lost its data: who asked for what is not known any more. What its record still has is kept. */
export function createLostJobProcessor(deps: DeliveryDeps): LostJobProcessor {
  const { store, clock, owner, accounts } = deps;

  return async (id) => {
    const found = await find(id);
    if (found === undefined) {
      const [only, ...others] = accounts.keys();
      await recordDeadLetter(deps, skeleton(id, others.length === 0 ? (only ?? '') : ''), '', UNKNOWN, WHY);
      return DONE;
    }
    const { name, appId, stored, ownerAlive } = found;
    const record = decodeRecord(stored.record);
    if (isTerminal(record)) return DONE;
    // Its owner may still have an answer.
    if (ownerAlive) return retryAfter(POLL_INTERVAL_MS);
    let ok = false;
    const letter = storeDeadLetter(deps, skeleton(id, appId), '', record, WHY);
    await endAsDead(deps, letter, async () => {
      const change = await updateRecord(deps, name, stored, (current) => end(current, record.fence), {
        durable: true,
      });
      ({ ok } = change);
      return { ok, record: change.stored && decodeRecord(change.stored.record) };
    });
    return ok ? DONE : retryAfter(POLL_INTERVAL_MS);
  };

  function end(record: PushRecord, deadFence: number): PushRecord | undefined {
    if (record.state === 'inMailbox') return expire(record, WHY.reason);
    const taken = startDelivery(record, owner.id, deadFence);
    return (
      taken && conclude(taken, { owner: owner.id, fence: taken.fence }, { state: 'dead', reason: WHY.reason })
    );
  }

  async function find(id: string): Promise<
    | {
        readonly name: RecordRef;
        readonly appId: string;
        readonly stored: StoredRecord;
        readonly ownerAlive: boolean;
      }
    | undefined
  > {
    for (const { appId } of accounts.values()) {
      // Its user is not known, so its place in the lane stays until it is stale.
      const name = recordRef(appId, toPushId(id), toOpenId(''));
      const seen = await store.read(name.key, clock.now());
      if (seen !== undefined) return { name, appId, ...seen };
    }
    return undefined;
  }

  function skeleton(id: string, appId: string): DeferredJob {
    const nothing = { user: '', push: '', handler: '' };
    return { id, appId, pushId: id, ...nothing, receivedAtMs: clock.now(), reason: 'overrun' };
  }
}
