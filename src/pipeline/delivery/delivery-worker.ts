import type { DeferredJob, JobResult, JobProcessor } from '../../ports/deferred-queue.js';
import type { StoredRecord } from '../../ports/state-store.js';
import type { Account } from '../account.js';
import { updateRecord } from '../record/update-record.js';
import { deliver } from './deliver.js';
import { releaseUncertainClaim } from '../record/release-claim.js';
import type { RecordRef } from '../record/record-ref.js';
import { expireMailboxEntry } from './mailbox.js';
import { retryAfter, DONE, Delivery, POLL_INTERVAL_MS, refOf, type DeliveryDeps } from './delivery.js';
import { produceMessages } from './run-later.js';
import { decodeRecord } from '../../push-record/codec.js';
import { isTerminal, ownerOf } from '../../push-record/push-record.js';
import { resume, startDelivery } from '../../push-record/transitions.js';
import { ATTEMPTS_WINDOW_MS } from '../run/pending-attempts.js';

export type { DeliveryDeps } from './delivery.js';

/** The job of a deferral may overtake the swap of its record by a moment. */
const RECORD_LAG_RETRY_MS = 50;
const RECORD_LAG_MAX_MS = 5_000;
const ACCOUNT_MISSING_RETRY_MS = 60_000;

/**
 * Finishes late work: takes the record, runs the handler where it has no messages yet, and sends or keeps them. The
 * record decides everything; the job only says that there is something to look at.
 */
export function createDeliveryWorker(deps: DeliveryDeps): JobProcessor {
  const { activeDeliveries } = deps;

  return async function work(job: DeferredJob, signal: AbortSignal): Promise<JobResult> {
    const account = deps.accounts.get(job.appId);
    if (account === undefined) {
      deps.log.error({ pushId: job.pushId }, 'late work of an account that is not configured here waits');
      return retryAfter(ACCOUNT_MISSING_RETRY_MS);
    }
    const ref = refOf(account, job);
    if (activeDeliveries.has(ref.key)) return retryAfter(POLL_INTERVAL_MS);
    activeDeliveries.add(ref.key);
    try {
      const started = await claimDelivery(account, job, ref);
      if ('type' in started) return started;
      const delivery = new Delivery(deps, account, job, started, signal);
      return (await produceMessages(delivery)) ?? (await deliver(delivery));
    } catch (error) {
      activeDeliveries.delete(ref.key);
      void releaseUncertainClaim(deps, ref);
      throw error;
    } finally {
      activeDeliveries.delete(ref.key);
    }
  };

  async function claimDelivery(
    account: Account,
    job: DeferredJob,
    ref: RecordRef,
  ): Promise<StoredRecord | JobResult> {
    const { store, clock, owner } = deps;
    const seen = await store.read(ref.key, clock.now());
    if (seen === undefined) return recreateLostRecord(job, ref);
    const record = decodeRecord(seen.stored.record);
    if (isTerminal(record)) return DONE;
    if (record.state === 'inMailbox') return expireMailboxEntry(deps, account, job, ref, seen.stored);
    const attemptsLeftMs = job.receivedAtMs + ATTEMPTS_WINDOW_MS - clock.now();
    if (record.state === 'ready' && attemptsLeftMs > 0) return retryAfter(attemptsLeftMs);
    // One in our name that we do not work on was taken by a request that had been given up.
    const isLost = ownerOf(record) === owner.id && !deps.activeRuns.has(ref.key);
    const deadFence = seen.ownerAlive && !isLost ? undefined : record.fence;
    const started = await updateRecord(
      deps,
      ref,
      seen.stored,
      (current) => startDelivery(current, owner.id, deadFence),
      { durable: true },
    );
    if (started.ok) return started.stored;
    const overtaken = job.reason === 'deferred' && clock.now() - job.receivedAtMs < RECORD_LAG_MAX_MS;
    return retryAfter(overtaken ? RECORD_LAG_RETRY_MS : POLL_INTERVAL_MS);
  }

  /** The store forgot the record (flushed, restored from an old copy): the job is the promise, so it is kept. */
  async function recreateLostRecord(job: DeferredJob, ref: RecordRef): Promise<StoredRecord | JobResult> {
    const { store, clock, owner, ttls } = deps;
    const claimed = await store.claim({
      key: ref.key,
      owner: owner.id,
      nowMs: clock.now(),
      ttlMs: ttls.activeMs,
      sender: ref.sender,
    });
    if (claimed.type !== 'claimed') return retryAfter(POLL_INTERVAL_MS);
    deps.log.warn({ pushId: job.pushId }, 'the record of late work was gone; the work goes on from its job');
    const lease = { owner: owner.id, fence: claimed.stored.record.fence };
    const started = await updateRecord(deps, ref, claimed.stored, (record) => resume(record, lease), {
      durable: true,
    });
    return started.ok ? started.stored : retryAfter(POLL_INTERVAL_MS);
  }
}
