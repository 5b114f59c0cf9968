import type { DeferredQueue } from '../../ports/deferred-queue.js';
import { jobIdOf } from '../../ports/record-key.js';
import type { Events } from '../../ports/events.js';
import type { MailboxEntry } from '../../ports/state-store.js';
import { toPushId } from '../../protocol/ids.js';
import { decodeRecord } from '../../push-record/codec.js';
import { isTerminal, type PushRecord } from '../../push-record/push-record.js';
import { markUnheard, repeatCarried, takeFromMailbox } from '../../push-record/transitions.js';
import type { RecordDeps } from '../record/record-handle.js';
import type { RecordRef } from '../record/record-ref.js';
import { retryWhileUnavailable } from '../record/retry-while-unavailable.js';
import { updateRecord, type RecordStoreDeps } from '../record/update-record.js';

const DURABLE = { durable: true };

type CarriedDeps = RecordDeps & {
  readonly queue: DeferredQueue;
  readonly events: Events;
  /** Writes in progress, for which the shutdown waits. */
  readonly settling: Set<Promise<void>>;
};

/**
 * Settles the mailbox entries that the reply to `push` carried: `heard` removes them; `missed` says that this process said
 * the reply to no attempt. It runs in the background. If the process dies first, the result is unknown, and
 * `ON_AMBIGUOUS_SEND` decides.
 *
 * @param mailbox  the entries that the reply may have carried
 * @param account  name of the account, in events
 */
export function settleCarried(
  deps: CarriedDeps,
  push: RecordRef,
  mailbox: readonly MailboxEntry[],
  account: string,
  how: 'heard' | 'missed',
): void {
  for (const { key } of mailbox) {
    const settling = settle(deps, push, key, account, how)
      .catch((error: unknown) =>
        deps.log.error(
          { err: error, pushId: push.pushId },
          'mailbox not settled: a kept answer stays in doubt',
        ),
      )
      .finally(() => deps.settling.delete(settling));
    deps.settling.add(settling);
  }
}

/**
 * Records, before the reply to `push` is sent again, that an attempt may get what it carries. Otherwise a crash after
 * the send would leave an answer that seems undelivered.
 *
 * @throws StoreUnavailable
 */
export async function noteRepeat(
  deps: RecordStoreDeps,
  push: RecordRef,
  mailbox: readonly MailboxEntry[],
): Promise<void> {
  await Promise.all(
    mailbox.map(({ key, stored }) =>
      updateRecord(deps, refOf(key, push), stored, (record) => repeatCarried(record, push.key), DURABLE),
    ),
  );
}

async function settle(
  deps: CarriedDeps,
  push: RecordRef,
  key: string,
  account: string,
  how: 'heard' | 'missed',
): Promise<void> {
  const ref = refOf(key, push);
  const transition = (record: PushRecord) =>
    how === 'heard' ? takeFromMailbox(record, push.key) : markUnheard(record, push.key, deps.owner.id);
  const end = await retryWhileUnavailable(deps, push.pushId, async () => {
    const seen = await deps.store.read(key, deps.clock.now());
    return seen && updateRecord(deps, ref, seen.stored, transition, DURABLE);
  });
  if (end?.ok !== true || !isTerminal(decodeRecord(end.stored.record))) return;
  const { pushId } = ref;
  deps.events.emit({ type: 'delivery.ended', account, channel: 'mailbox', result: 'delivered', pushId });
  deps.log.info(
    { stage: 'delivered', channel: 'mailbox', pushId, carriedBy: push.pushId },
    'late answer delivered: it went out of the mailbox with the reply to a later push',
  );
  // The job that would expire the entry has nothing left to do. If the removal fails, the worker finds that out.
  await deps.queue.remove(pushId).catch(() => false);
}

/** Refers to a mailbox entry of the same sender. */
const refOf = (key: string, { sender }: RecordRef): RecordRef => ({
  key,
  sender,
  pushId: toPushId(jobIdOf(key)),
});
