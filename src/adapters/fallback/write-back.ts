import type { Clock } from '../../ports/clock.js';
import type { DeferredQueue } from '../../ports/deferred-queue.js';
import { decodeRecord, encodeRecord } from '../../push-record/codec.js';
import { resolveReturn } from '../../push-record/resolve-conflict.js';
import { StoreUnavailable, type StateStore, type StoredRecord } from '../../ports/state-store.js';
import type { LocalQueue, LocalStore } from './ports.js';
import type { LocalRecord } from './local-index.js';

/** So many are on their way together. */
export const BATCH_SIZE = 64;
/** What is left of a remembered reply's minute is not known; a little longer does no harm. */
const REPLY_TTL_MS = 60_000;
const MAX_DEAD_LETTERS = 10_000;

/**
 * Writes a record that is in the journal back to Redis, or drops it where Redis knows better, and forgets it here.
 * May be repeated after a failure at any point.
 *
 * @throws StoreUnavailable  it is still here
 */
export async function writeBackRecord(
  { local, remote, clock }: { local: LocalStore; remote: StateStore; clock: Clock },
  key: string,
  { untilMs, guards, sender }: LocalRecord,
  localOwner?: string,
): Promise<void> {
  const nowMs = clock.now();
  const ttlMs = Math.max(1, untilMs - nowMs);
  const ours = await local.read(key, nowMs);
  if (ours === undefined) return;
  const { record, rev } = ours.stored;
  const mine = decodeRecord(record);
  const claim = { key, owner: record.owner, nowMs, ttlMs };
  // What stands nowhere here may still stand in Redis's lane.
  const placement = local.placementOf(key, nowMs) ?? (sender && { ...sender, place: 'none' as const });
  for (const guard of guards) await remote.claim({ ...claim, replayGuard: guard });

  let theirs: StoredRecord | undefined;
  let settled = false;
  // Whoever holds a revision that was given out here must lose with it there, so Redis's has to be beyond it.
  while (!settled || theirs === undefined || theirs.rev <= rev) {
    theirs ??= await claimed(remote, claim);
    const found = decodeRecord(theirs.record);
    const stands = settled ? found : resolveReturn(mine, found, localOwner);
    settled = stands === found;
    if (settled && theirs.rev > rev) break;
    const result = await remote.swap({
      key,
      rev: theirs.rev,
      next: settled ? theirs.record : encodeRecord(stands),
      nowMs,
      ttlMs,
      durable: true,
      ...(!settled && ours.body !== undefined && { body: { xml: ours.body, ttlMs: REPLY_TTL_MS } }),
      ...(!settled && placement !== undefined && { sender: placement }),
    });
    settled = result.swapped;
    theirs = result.stored;
  }
  local.forget(key);
}

async function claimed(remote: StateStore, claim: Parameters<StateStore['claim']>[0]): Promise<StoredRecord> {
  const result = await remote.claim(claim);
  if (result.type === 'replayed') throw new StoreUnavailable('a claim without a guard cannot be a replay');
  return result.stored;
}

/** Moves the letters of the journal to Redis. @throws StoreUnavailable  the rest is still here */
export async function writeBackDeadLetters(local: LocalStore, remote: StateStore): Promise<void> {
  const letters = (await local.deadLetters(MAX_DEAD_LETTERS)).reverse();
  for (let at = 0; at < letters.length; at += BATCH_SIZE) {
    const some = letters.slice(at, at + BATCH_SIZE);
    await Promise.all(some.map((letter) => remote.putDeadLetter(letter)));
    await Promise.all(some.map(({ id }) => local.deleteDeadLetter(id)));
  }
}

/**
 * Moves what waits in the journal to Redis, oldest first. A doubtful job is put there again under its id, which
 * settles the doubt.
 *
 * @param mayMove  asked when a job's turn comes; those that may not stay here
 * @throws QueueUnavailable  the rest is still here
 */
export async function writeBackJobs(
  local: LocalQueue,
  remote: DeferredQueue,
  mayMove: (jobId: string) => boolean = () => true,
): Promise<void> {
  const waiting = [...local.waiting()];
  for (let at = 0; at < waiting.length; at += BATCH_SIZE) {
    const some = waiting.slice(at, at + BATCH_SIZE).filter(({ job }) => mayMove(job.id));
    await Promise.all(
      some.map(({ job, notBeforeMs, inMailbox }) => remote.put(job, { notBeforeMs, inMailbox })),
    );
    await Promise.all(some.map(({ job }) => local.remove(job.id)));
  }
}
