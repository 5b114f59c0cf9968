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
 * under-way  the work that it is about is not over, or another one tries it again at this moment: look again later
 * delivered  meanwhile its work came to an end after all; the letter is gone
 */
export type RedriveOutcome = 'retried' | 'unknown' | 'under-way' | 'delivered';

export interface RedriveDeps extends RecordStoreDeps {
  readonly queue: DeferredQueue;
  readonly owner: { readonly id: string };
}

/** How the ids end that are given here. A letter that was retried already keeps the length of its id. */
const REDRIVEN_ID = /\.r[0-9a-z]{8,}$/;
/** What a retry that died on the way has claimed is free again after this. */
const CLAIM_TTL_MS = 30_000;

/**
 * Tries a dead letter again, by a record and a job of its own that are named after it: so nothing is in the way of what
 * became of the push, the same letter twice is the same work once, and what fails again is another letter. First the
 * record holds the messages, then there is a job, then the letter goes: wherever a crash falls, the letter or the work is
 * there, and the same call again goes on.
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

/** What became of the work that the letter is about. Its record lives for a while only: gone means over. */
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

/** The record holds what is to be done, durably. False: another one is about to make it. */
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
    // It opened its window then, and not now.
    receivedAtMs: reparsePush(push, toAppId(appId))?.sentAt.getTime() ?? atMs,
    redrive: { sinceMs: nowMs },
    ...(task === undefined ? { reason: 'overrun' } : { reason: 'deferred', task }),
  };
}
