import { changeRecord } from './change-record.js';
import { insist } from './insist.js';
import * as rules from './record.js';
import type { RunDeps } from './run.js';

/**
 * A claim failed, and may have been stored all the same: then the record names this process, which lives and runs
 * nothing. As soon as the store answers, the claim is taken back, or its work left to others.
 */
export async function disown(deps: RunDeps, key: string, pushId: string): Promise<void> {
  const { store, clock, owner, queue, runs, log } = deps;
  try {
    const seen = await insist(deps, pushId, () => store.read(key, clock.now()));
    if (seen === undefined || seen.stored.record.owner !== owner.id || runs.has(key)) return;
    const { rev, record } = seen.stored;
    if (record.state === 'running') {
      const { swapped } = await store.swap({
        key,
        rev,
        next: undefined,
        nowMs: clock.now(),
        keepMs: 0,
        durable: false,
      });
      if (swapped) return;
    }
    // A try that followed the claim has adopted it.
    const me = { owner: owner.id, fence: record.fence };
    await insist(deps, pushId, () =>
      changeRecord(deps, key, seen.stored, (current) => rules.giveBack(current, me), { durable: true }),
    );
    await queue.hurry(pushId);
  } catch (error) {
    log.error({ err: error, pushId }, 'a claim that failed could not be taken back');
  }
}
