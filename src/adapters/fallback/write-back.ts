import type { Clock } from '../../ports/clock.js';
import type { DeferredQueue } from '../../ports/deferred-queue.js';
import { decodeRecord, encodeRecord } from '../../push-record/codec.js';
import { resolveReturn } from '../../push-record/resolve-conflict.js';
import { StoreUnavailable, type StateStore, type StoredRecord } from '../../ports/state-store.js';
import type { LocalQueue, LocalStore } from './ports.js';
import type { LocalRecord } from './local-index.js';

/** Number of records written back concurrently. */
export const BATCH_SIZE = 64;
/** The remaining TTL of a stored reply is unknown; a longer one is harmless. */
const REPLY_TTL_MS = 60_000;
const MAX_DEAD_LETTERS = 10_000;

/**
 * Writes a record of the journal back to Redis, unless the record in Redis wins, and deletes it locally. Can be
 * repeated after a failure at any point.
 *
 * @throws StoreUnavailable  the record is still local
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
  // A record without a local place may still be in Redis's lane.
  const placement = local.placementOf(key, nowMs) ?? (sender && { ...sender, place: 'none' as const });
  for (const guard of guards) await remote.claim({ ...claim, replayGuard: guard });

  let theirs: StoredRecord | undefined;
  let settled = false;
  // A change based on a local revision must fail in Redis, so Redis's revision has to be greater.
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

/**
 * Moves the dead letters of the journal to Redis.
 *
 * @param inBoth  ids of letters that are in Redis and still local; kept up to date
 * @throws StoreUnavailable  the rest is still local
 */
export async function writeBackDeadLetters(
  local: LocalStore,
  remote: StateStore,
  inBoth = new Set<string>(),
): Promise<void> {
  const letters = (await local.deadLetters(MAX_DEAD_LETTERS)).reverse();
  for (let at = 0; at < letters.length; at += BATCH_SIZE) {
    const some = letters.slice(at, at + BATCH_SIZE);
    await Promise.all(some.map((letter) => remote.putDeadLetter(letter).then(() => inBoth.add(letter.id))));
    await Promise.all(some.map((letter) => local.deleteUnchangedDeadLetter(letter)));
    // One that was renewed meanwhile stays, and follows the next time.
    for (const { id } of some) if ((await local.deadLetter(id)) === undefined) inBoth.delete(id);
  }
}

/**
 * Moves the waiting jobs of the journal to Redis, oldest first. A job that may already be there is put again under the
 * same id, which makes it certain.
 *
 * @param mayMove  called for each job; false: the job stays local
 * @throws QueueUnavailable  the rest is still local
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
