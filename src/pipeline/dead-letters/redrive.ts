import type { DeferredJob, DeferredQueue } from '../../ports/deferred-queue.js';
import type { DeadLetter } from '../../ports/state-store.js';
import { toAppId, toOpenId, toPushId } from '../../protocol/ids.js';
import { updateRecord, type RecordStoreDeps } from '../record/update-record.js';
import { recordRef, reparsePush, type RecordRef } from '../record/record-ref.js';
import { decodeRecord } from '../../push-record/codec.js';
import { isTerminal, type PushRecord } from '../../push-record/push-record.js';
import { redrive } from '../../push-record/transitions.js';

/**
 * retried    its messages are on their way again, or its handler runs again; the letter is gone
 * unknown    there is no such letter
 * under-way  its work is not over, or another process redrives it at this moment: look again later
 * delivered  meanwhile its work came to an end after all; the letter is gone
 */
export type RedriveOutcome = 'retried' | 'unknown' | 'under-way' | 'delivered';

export interface RedriveDeps extends RecordStoreDeps {
  readonly queue: DeferredQueue;
  readonly owner: { readonly id: string };
}

/** Suffix of the ids given here. It is replaced at the next redrive, so ids do not grow. */
const REDRIVEN_ID = /\.r[0-9a-z]{8,}$/;
/** A redrive that a dead process claimed is free again after this time. */
const CLAIM_TTL_MS = 30_000;

/**
 * Redrives a dead letter with a record and a job of its own, named after the letter. The record of the push stays as it is; a
 * second redrive of the letter finds the same job; and a new failure is a new letter. The record is stored first, then the job,
 * then the letter is deleted: after a crash anywhere between, the same call continues.
 *
 * @throws StoreUnavailable · QueueUnavailable
 */
export async function redriveDeadLetter(deps: RedriveDeps, id: string): Promise<RedriveOutcome> {
  const { store, queue, clock } = deps;
  const letter = await store.deadLetter(id);
  if (letter === undefined) return 'unknown';
  const before = await currentOutcome(deps, letter);
  if (before === 'delivered') await store.deleteDeadLetter(id);
  if (before !== 'dead') return before;
  const job = jobOf(letter, clock.now());
  if (!(await createRedriveRecord(deps, letter, job))) return 'under-way';
  await queue.put(job);
  await store.deleteDeadLetter(id);
  return 'retried';
}

/** Returns the state of the work that the letter is about. A record that expired counts as dead. */
async function currentOutcome(
  { store, clock }: RedriveDeps,
  letter: DeadLetter,
): Promise<'dead' | 'under-way' | 'delivered'> {
  const { key } = refOf(letter, letter.record ?? letter.pushId);
  const seen = await store.read(key, clock.now());
  const record = seen && decodeRecord(seen.stored.record);
  if (record === undefined || record.state === 'dead') return 'dead';
  if (letter.part === true) return isTerminal(record) || record.state === 'inMailbox' ? 'dead' : 'under-way';
  return isTerminal(record) ? 'delivered' : 'under-way';
}

/** Creates the record with the work, durably. False: another process is doing so at this moment. */
async function createRedriveRecord(
  deps: RedriveDeps,
  letter: DeadLetter,
  job: DeferredJob,
): Promise<boolean> {
  const { store, clock, owner } = deps;
  const ref = refOf(letter, job.id);
  const { key, sender } = ref;
  const claimed = await store.claim({
    key,
    owner: owner.id,
    nowMs: clock.now(),
    ttlMs: CLAIM_TTL_MS,
    sender,
  });
  if (claimed.type === 'replayed') return false;
  const { stored } = claimed;
  if (claimed.type === 'known') return stored.record.state !== 'running';
  const lease = { owner: owner.id, fence: stored.record.fence };
  const rule = (record: PushRecord) => redrive(record, lease, letter.messages);
  return (await updateRecord(deps, ref, stored, rule, { durable: true })).ok;
}

const refOf = ({ appId, user }: DeadLetter, id: string): RecordRef =>
  recordRef(toAppId(appId), toPushId(id), toOpenId(user));

function jobOf(letter: DeadLetter, nowMs: number): DeferredJob {
  const { id, appId, pushId, user, push, handler, task, atMs } = letter;
  return {
    id: `${id.replace(REDRIVEN_ID, '')}.r${atMs.toString(36)}`,
    appId,
    pushId,
    user,
    push,
    handler,
    // The push granted its send quota when it was sent, not now.
    receivedAtMs: reparsePush(push, toAppId(appId))?.sentAt.getTime() ?? atMs,
    redrive: { sinceMs: nowMs },
    ...(task === undefined ? { reason: 'overrun' } : { reason: 'deferred', task }),
  };
}
