import type { LinkedSwap, StateStore, StoredRecord } from '../../ports/state-store.js';
import type { Clock } from '../../ports/clock.js';
import type { DeferredQueue } from '../../ports/deferred-queue.js';
import { jobIdOf, type RecordRef } from './record-ref.js';
import { decodeRecord, encodeRecord } from '../../push-record/codec.js';
import { isTerminal, placeOf, type PushRecord } from '../../push-record/push-record.js';

/** How long records live, in ms. Work under way outlives the 48 h in which a message can still be sent. */
export interface RecordTtls {
  readonly terminalMs: number;
  readonly activeMs: number;
  readonly replyMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** An answer is kept this long for its user's next message, from the push on that it answers. */
export const MAILBOX_TTL_MS = DAY_MS;

/** A replayed push must meet its record: twice the age up to which it is let in, a day where age is not checked. */
export function recordTtlsFor(maxPushAgeS: number): RecordTtls {
  return {
    terminalMs: maxPushAgeS === 0 ? DAY_MS : Math.max(2 * maxPushAgeS * 1000, MINUTE_MS),
    activeMs: 7 * DAY_MS,
    replyMs: MINUTE_MS,
  };
}

export interface RecordStoreDeps {
  readonly store: StateStore;
  readonly queue: Pick<DeferredQueue, 'promote' | 'remove'>;
  readonly clock: Clock;
  readonly ttls: RecordTtls;
}

export interface UpdateOptions {
  readonly durable: boolean;
  /** The passive reply to remember with the change. */
  readonly body?: string;
  /** Records that change in the same step, or else nothing does. */
  readonly linked?: readonly LinkedSwap[];
}

/**
 * Made: the record as it now stands. Not made, the rule does not allow it: the record that was in the way, if any; or
 * one of `also` was.
 */
export type UpdateResult =
  | { readonly ok: true; readonly stored: StoredRecord }
  | { readonly ok: false; readonly stored: StoredRecord | undefined; readonly linkedConflict?: true };

/** How long a record lives when it stays as it is. */
export const ttlFor = (record: PushRecord, ttls: RecordTtls): number =>
  placeOf(record) === 'none' ? ttls.terminalMs : ttls.activeMs;

/**
 * Applies one transition of `push-record/transitions.ts`, again on whatever stands there when somebody was faster. With it the record takes
 * the place that it has from then on, and where that is the end of its way, the work behind it hears that it is next.
 *
 * @throws StoreUnavailable
 */
export async function updateRecord(
  deps: RecordStoreDeps,
  { key, sender }: RecordRef,
  seen: StoredRecord,
  rule: (record: PushRecord) => PushRecord | undefined,
  { durable, body, linked }: UpdateOptions,
): Promise<UpdateResult> {
  const { store, queue, clock, ttls } = deps;
  for (let current: StoredRecord | undefined = seen; current !== undefined;) {
    const next = rule(decodeRecord(current.record));
    if (next === undefined) return { ok: false, stored: current };
    const result = await store.swap({
      key,
      rev: current.rev,
      next: encodeRecord(next),
      nowMs: clock.now(),
      ttlMs: ttlFor(next, ttls),
      sender: { key: sender, place: placeOf(next) },
      ...(body === undefined ? {} : { body: { xml: body, ttlMs: ttls.replyMs } }),
      ...(linked === undefined ? {} : { linked }),
      durable,
    });
    if (result.swapped) {
      if (result.next !== undefined) queue.promote(jobIdOf(result.next)).catch(() => {}); // it looks by itself, too
      // What went along out of the mailbox, whole, has nothing left to expire; a job that stays finds that out.
      for (const one of linked ?? [])
        if (isTerminal(decodeRecord(one.next))) queue.remove(jobIdOf(one.key)).catch(() => false);
      return { ok: true, stored: result.stored };
    }
    if (result.linkedConflict === true) return { ok: false, stored: result.stored, linkedConflict: true };
    current = result.stored;
  }
  return { ok: false, stored: undefined };
}
