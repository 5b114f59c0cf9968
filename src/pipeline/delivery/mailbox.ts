import type { DeferredJob, JobResult } from '../../ports/deferred-queue.js';
import type { StoredRecord } from '../../ports/state-store.js';
import type { PushRecord } from '../../push-record/push-record.js';
import type { Account } from '../account.js';
import { updateRecord, MAILBOX_TTL_MS } from '../record/update-record.js';
import { endAsDead, storeDeadLetter } from '../dead-letters/dead-letter.js';
import { reparsePush, deliveryClockStartMs, type RecordRef } from '../record/record-ref.js';
import { retryAfter, DONE, type Delivery, type DeliveryDeps } from './delivery.js';
import { decodeRecord } from '../../push-record/codec.js';
import { expire, putInMailbox } from '../../push-record/transitions.js';

const inMailbox = (ms: number): JobResult => ({ type: 'retry', afterMs: Math.max(0, ms), inMailbox: true });

/** Keeps what is left to say for the user's next message. The job stays, to look whether that ever came. */
export async function moveToMailbox(delivery: Delivery, why: string): Promise<JobResult> {
  const { clock, log } = delivery.deps;
  const messages = delivery.unsent.length;
  if (!(await delivery.change(putInMailbox))) return retryAfter(0);
  const ms = clock.now() - delivery.job.receivedAtMs;
  const { pushId } = delivery.job;
  const account = delivery.account.name;
  delivery.deps.events.emit({
    type: 'delivery.ended',
    account,
    channel: 'mailbox',
    result: 'kept',
    pushId,
    ms,
  });
  log.info(
    { stage: 'mailbox', pushId: delivery.job.pushId, handler: delivery.job.handler, messages, why },
    'a late answer is kept for the next message of its user',
  );
  return inMailbox(deliveryClockStartMs(delivery.job) + MAILBOX_TTL_MS - clock.now());
}

/** Looks at an answer that is kept, when its job comes due: nobody came for it, or its time is not over yet. */
export async function expireMailboxEntry(
  deps: DeliveryDeps,
  account: Account,
  job: DeferredJob,
  ref: RecordRef,
  stored: StoredRecord,
): Promise<JobResult> {
  const leftMs = deliveryClockStartMs(job) + MAILBOX_TTL_MS - deps.clock.now();
  if (leftMs > 0) return inMailbox(leftMs);
  const kept = storeDeadLetter(
    deps,
    job,
    reparsePush(job.push, account.appId)?.kind ?? '',
    decodeRecord(stored.record),
    {
      reason: 'mailbox_expired',
      channel: 'mailbox',
      detail: `kept for ${MAILBOX_TTL_MS / 3_600_000} h, and its user wrote no more (${account.name})`,
    },
  );
  const rule = (record: PushRecord) => expire(record, 'mailbox_expired');
  let ok = false;
  await endAsDead(deps, kept, async () => {
    const change = await updateRecord(deps, ref, stored, rule, { durable: true });
    ok = change.ok;
    return { ok, record: change.stored && decodeRecord(change.stored.record) };
  });
  // Somebody came for it in this very moment, and may have left a part of it.
  return ok ? DONE : retryAfter(0);
}
