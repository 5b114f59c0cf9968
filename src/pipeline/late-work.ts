import type { DeferredJob, JobVerdict, JobWork } from '../ports/deferred-queue.js';
import type { StoredRecord } from '../ports/state-store.js';
import type { Account } from './account.js';
import { changeRecord } from './change-record.js';
import { deliver } from './deliver.js';
import { disown } from './disown.js';
import type { RecordName } from './job.js';
import { unclaimed } from './keep.js';
import { again, DONE, LateJob, LOOK_AGAIN_MS, nameOf, type LateWorkDeps } from './late-job.js';
import { runLate } from './run-late.js';
import { decodeRecord } from '../push-record/codec.js';
import { isTerminal, ownerOf } from '../push-record/push-record.js';
import { resume, startDelivery } from '../push-record/transitions.js';
import { TRIES_LAST_MS } from './tries.js';

export type { LateWorkDeps } from './late-job.js';

/** The job of a deferral may overtake the swap of its record by a moment. */
const OVERTAKEN_MS = 50;
const OVERTAKEN_FOR_MS = 5_000;
const ACCOUNT_MISSING_AGAIN_MS = 60_000;

/**
 * Finishes late work: takes the record, runs the handler where it has no messages yet, and sends or keeps them. The
 * record decides everything; the job only says that there is something to look at.
 */
export function createLateWork(deps: LateWorkDeps): JobWork {
  const { inHand } = deps;

  return async function work(job: DeferredJob, signal: AbortSignal): Promise<JobVerdict> {
    const account = deps.accounts.get(job.appId);
    if (account === undefined) {
      deps.log.error({ pushId: job.pushId }, 'late work of an account that is not configured here waits');
      return again(ACCOUNT_MISSING_AGAIN_MS);
    }
    const name = nameOf(account, job);
    if (inHand.has(name.key)) return again(LOOK_AGAIN_MS);
    inHand.add(name.key);
    try {
      const taken = await takeRecord(account, job, name);
      if ('type' in taken) return taken;
      const late = new LateJob(deps, account, job, taken, signal);
      return (await runLate(late)) ?? (await deliver(late));
    } catch (error) {
      inHand.delete(name.key);
      void disown(deps, name);
      throw error;
    } finally {
      inHand.delete(name.key);
    }
  };

  async function takeRecord(
    account: Account,
    job: DeferredJob,
    name: RecordName,
  ): Promise<StoredRecord | JobVerdict> {
    const { store, clock, owner } = deps;
    const seen = await store.read(name.key, clock.now());
    if (seen === undefined) return takeLostRecord(job, name);
    const record = decodeRecord(seen.stored.record);
    if (isTerminal(record)) return DONE;
    if (record.state === 'inMailbox') return unclaimed(deps, account, job, name, seen.stored);
    const triesLeftMs = job.receivedAtMs + TRIES_LAST_MS - clock.now();
    if (record.state === 'ready' && triesLeftMs > 0) return again(triesLeftMs);
    // One in our name that we do not work on was taken by a request that had been given up.
    const isLost = ownerOf(record) === owner.id && !deps.runs.has(name.key);
    const deadFence = seen.ownerAlive && !isLost ? undefined : record.fence;
    const take = await changeRecord(
      deps,
      name,
      seen.stored,
      (current) => startDelivery(current, owner.id, deadFence),
      { durable: true },
    );
    if (take.made) return take.stored;
    const overtaken = job.reason === 'deferred' && clock.now() - job.receivedAtMs < OVERTAKEN_FOR_MS;
    return again(overtaken ? OVERTAKEN_MS : LOOK_AGAIN_MS);
  }

  /** The store forgot the record (flushed, restored from an old copy): the job is the promise, so it is kept. */
  async function takeLostRecord(job: DeferredJob, name: RecordName): Promise<StoredRecord | JobVerdict> {
    const { store, clock, owner, lifetimes } = deps;
    const claimed = await store.claim({
      key: name.key,
      owner: owner.id,
      nowMs: clock.now(),
      keepMs: lifetimes.underWayMs,
      sender: name.sender,
    });
    if (claimed.type !== 'claimed') return again(LOOK_AGAIN_MS);
    deps.log.warn({ pushId: job.pushId }, 'the record of late work was gone; the work goes on from its job');
    const me = { owner: owner.id, fence: claimed.stored.record.fence };
    const take = await changeRecord(deps, name, claimed.stored, (record) => resume(record, me), {
      durable: true,
    });
    return take.made ? take.stored : again(LOOK_AGAIN_MS);
  }
}
