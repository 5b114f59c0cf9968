import type { LinkedSwap, StateStore, StoredRecord, SwapRequest } from '../../ports/state-store.js';
import type { Clock } from '../../ports/clock.js';
import type { DeferredQueue } from '../../ports/deferred-queue.js';
import { jobIdOf } from '../../ports/record-key.js';
import type { RecordRef } from './record-ref.js';
import { decodeRecord, encodeRecord } from '../../push-record/codec.js';
import { placeOf, type PushRecord } from '../../push-record/push-record.js';

/** TTLs of records, in ms. Unfinished work outlives the 48 h in which a message can still be sent. */
export interface RecordTtls {
  readonly terminalMs: number;
  readonly activeMs: number;
  readonly replyMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** An answer stays in the mailbox this long, counted from the push that it answers. */
export const MAILBOX_TTL_MS = DAY_MS;

/**
 * Derives the TTLs. A replayed push must find its record, so that lives twice the accepted age, or a day if the age is
 * not checked.
 */
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
  /** The passive reply to store with the change. */
  readonly body?: string;
  /** Records that change in the same atomic step. */
  readonly linked?: readonly LinkedSwap[];
}

/**
 * Result of a change. If not `ok`, the stored record (absent: none is stored) does not allow the transition, or with
 * `linkedConflict` one of `linked` does not.
 */
export type UpdateResult =
  | { readonly ok: true; readonly stored: StoredRecord }
  | { readonly ok: false; readonly stored: StoredRecord | undefined; readonly linkedConflict?: true };

type Writable<T> = { -readonly [P in keyof T]: T[P] };

/** Returns the TTL of a record in its present state. */
export const ttlFor = (record: PushRecord, ttls: RecordTtls): number =>
  placeOf(record) === 'none' ? ttls.terminalMs : ttls.activeMs;

/**
 * Applies a transition of `push-record/transitions.ts`; after a lost compare-and-swap, applies it again to the newer
 * record. The same write moves the record to its new place (lane, mailbox or none). When it leaves the lane, the job of
 * its successor is promoted.
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
    const request: Writable<SwapRequest> = {
      key,
      rev: current.rev,
      next: encodeRecord(next),
      nowMs: clock.now(),
      ttlMs: ttlFor(next, ttls),
      sender: { key: sender, place: placeOf(next) },
      durable,
    };
    if (body !== undefined) request.body = { xml: body, ttlMs: ttls.replyMs };
    if (linked !== undefined) request.linked = linked;
    const result = await store.swap(request);
    if (result.swapped) {
      if (result.next !== undefined) queue.promote(jobIdOf(result.next)).catch(() => {}); // it also polls by itself
      return { ok: true, stored: result.stored };
    }
    if (result.linkedConflict === true) return { ok: false, stored: result.stored, linkedConflict: true };
    current = result.stored;
  }
  return { ok: false, stored: undefined };
}
