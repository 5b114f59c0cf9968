import type { DeferredJob, JobProcessor, JobResult, LostJobProcessor } from '../../ports/deferred-queue.js';
import { toOpenId, toPushId } from '../../protocol/ids.js';
import type { Account } from '../account.js';
import { recordDeadLetter } from '../dead-letters/dead-letter.js';
import { recordRef } from '../record/record-ref.js';
import { releaseUncertainClaim } from '../record/release-claim.js';
import { JOB_LOST, NO_RECORD } from './decide.js';
import { Delivery, refOf, type DeliveryDeps } from './delivery.js';

export type { DeliveryDeps } from './delivery.js';

const ACTIVE_RETRY_MS = 2_000;
const ACCOUNT_MISSING_RETRY_MS = 60_000;
/** The account of a fresh job is served somewhere, so this process will know it soon. */
const FRESH_MS = 60_000;
const FRESH_RETRY_MS = 2_000;

/** Creates the processor of late answers. Each record has at most one delivery at a time in this process. */
export function createDeliveryWorker(deps: DeliveryDeps): JobProcessor {
  return async (job, signal) => {
    const account = deps.accounts().get(job.appId);
    if (account !== undefined) return work(deps, account, job, signal);
    deps.log.error({ pushId: job.pushId }, 'job deferred: its account is not configured here');
    const isFresh = deps.clock.now() - job.receivedAtMs < FRESH_MS;
    return { type: 'retry', afterMs: isFresh ? FRESH_RETRY_MS : ACCOUNT_MISSING_RETRY_MS };
  };
}

/**
 * Creates the processor for jobs whose data the queue lost: push and user are unknown. A dead letter keeps the messages of the
 * record.
 */
export function createLostJobProcessor(deps: DeliveryDeps): LostJobProcessor {
  return async (id) => {
    const account = await findAccount(deps, id);
    const nothing = { user: '', push: '', handler: '' };
    const receivedAtMs = deps.clock.now();
    // The user is unknown, so the lane entry stays until it expires.
    const job: DeferredJob = {
      id,
      appId: account?.appId ?? '',
      pushId: id,
      ...nothing,
      receivedAtMs,
      reason: 'overrun',
    };
    if (account !== undefined)
      return work(deps, account, job, new AbortController().signal, { isJobLost: true });
    await recordDeadLetter(deps, job, '', NO_RECORD, JOB_LOST);
    return { type: 'done' };
  };
}

/** Finds the account that has the record; if none has it, returns the only account, if there is just one. */
async function findAccount(
  { accounts, store, clock }: DeliveryDeps,
  id: string,
): Promise<Account | undefined> {
  for (const account of accounts().values()) {
    const { key } = recordRef(account.appId, toPushId(id), toOpenId(''));
    if ((await store.read(key, clock.now())) !== undefined) return account;
  }
  return accounts().size === 1 ? accounts().values().next().value : undefined;
}

async function work(
  deps: DeliveryDeps,
  account: Account,
  job: DeferredJob,
  signal: AbortSignal,
  options?: { readonly isJobLost: true },
): Promise<JobResult> {
  const { activeDeliveries } = deps;
  const ref = refOf(account, job);
  if (activeDeliveries.has(ref.key)) return { type: 'retry', afterMs: ACTIVE_RETRY_MS };
  activeDeliveries.add(ref.key);
  try {
    return await new Delivery(deps, account, job, signal).run(options);
  } catch (error) {
    activeDeliveries.delete(ref.key);
    void releaseUncertainClaim(deps, ref);
    throw error;
  } finally {
    activeDeliveries.delete(ref.key);
  }
}
