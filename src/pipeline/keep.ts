import type { DeferredJob, JobVerdict } from '../ports/deferred-queue.js';
import type { StoredRecord } from '../ports/state-store.js';
import type { PushRecord } from '../push-record/push-record.js';
import type { Account } from './account.js';
import { changeRecord, KEPT_FOR_MS } from './change-record.js';
import { endAsDead, layAside } from './dead-letter.js';
import { readAgain, sinceMs, type RecordName } from './job.js';
import { again, DONE, type LateJob, type LateWorkDeps } from './late-job.js';
import { decodeRecord } from '../push-record/codec.js';
import { expire, putInMailbox } from '../push-record/transitions.js';

/** Keeps what is left to say for the user's next message. The job stays, to look whether that ever came. */
export async function keep(late: LateJob, why: string): Promise<JobVerdict> {
  const { clock, log } = late.deps;
  const messages = late.unsent.length;
  if (!(await late.change(putInMailbox))) return again(0);
  const ms = clock.now() - late.job.receivedAtMs;
  const { pushId } = late.job;
  const account = late.account.name;
  late.deps.events.emit({ type: 'delivery.ended', account, channel: 'mailbox', result: 'kept', pushId, ms });
  log.info(
    { stage: 'stashed', pushId: late.job.pushId, handler: late.job.handler, messages, why },
    'a late answer is kept for the next message of its user',
  );
  return again(Math.max(0, sinceMs(late.job) + KEPT_FOR_MS - clock.now()));
}

/** Looks at an answer that is kept, when its job comes due: nobody came for it, or its time is not over yet. */
export async function unclaimed(
  deps: LateWorkDeps,
  account: Account,
  job: DeferredJob,
  name: RecordName,
  stored: StoredRecord,
): Promise<JobVerdict> {
  const leftMs = sinceMs(job) + KEPT_FOR_MS - deps.clock.now();
  if (leftMs > 0) return again(leftMs);
  const kept = layAside(
    deps,
    job,
    readAgain(job.push, account.appId)?.kind ?? '',
    decodeRecord(stored.record),
    {
      reason: 'not_asked_for',
      road: 'kept',
      detail: `kept for ${KEPT_FOR_MS / 3_600_000} h, and its user wrote no more (${account.name})`,
    },
  );
  const rule = (record: PushRecord) => expire(record, 'not_asked_for');
  let made = false;
  await endAsDead(deps, kept, async () => {
    const change = await changeRecord(deps, name, stored, rule, { durable: true });
    made = change.made;
    return { made, record: change.stored && decodeRecord(change.stored.record) };
  });
  // Somebody came for it in this very moment, and may have left a part of it.
  return made ? DONE : again(0);
}
