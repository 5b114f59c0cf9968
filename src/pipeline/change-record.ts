import type { AlsoSwap, StateStore, StoredRecord } from '../ports/state-store.js';
import type { Clock } from '../ports/clock.js';
import type { DeferredQueue } from '../ports/deferred-queue.js';
import { jobIdOf, type RecordName } from './job.js';
import { decodeRecord, encodeRecord } from '../push-record/codec.js';
import { placeOf, type PushRecord } from '../push-record/push-record.js';

/** How long records live, in ms. Work under way outlives the 48 h in which a message can still be sent. */
export interface Lifetimes {
  readonly overMs: number;
  readonly underWayMs: number;
  readonly bodyMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** An answer is kept this long for its user's next message, from the push on that it answers. */
export const KEPT_FOR_MS = DAY_MS;

/** A replayed push must meet its record: twice the age up to which it is let in, a day where age is not checked. */
export function lifetimesFor(maxPushAgeS: number): Lifetimes {
  return {
    overMs: maxPushAgeS === 0 ? DAY_MS : Math.max(2 * maxPushAgeS * 1000, MINUTE_MS),
    underWayMs: 7 * DAY_MS,
    bodyMs: MINUTE_MS,
  };
}

export interface RecordKeeper {
  readonly store: StateStore;
  readonly queue: Pick<DeferredQueue, 'hurry'>;
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
}

export interface ChangeOptions {
  readonly durable: boolean;
  /** The passive reply to remember with the change. */
  readonly body?: string;
  /** Records that change in the same step, or else nothing does. */
  readonly also?: readonly AlsoSwap[];
}

/**
 * Made: the record as it now stands. Not made, the rule does not allow it: the record that was in the way, if any; or
 * one of `also` was.
 */
export type Change =
  | { readonly made: true; readonly stored: StoredRecord }
  | { readonly made: false; readonly stored: StoredRecord | undefined; readonly alsoLost?: true };

/** How long a record lives when it stays as it is. */
export const keepMsOf = (record: PushRecord, lifetimes: Lifetimes): number =>
  placeOf(record) === 'none' ? lifetimes.overMs : lifetimes.underWayMs;

/**
 * Applies one transition of `push-record/transitions.ts`, again on whatever stands there when somebody was faster. With it the record takes
 * the place that it has from then on, and where that is the end of its way, the work behind it hears that it is next.
 *
 * @throws StoreUnavailable
 */
export async function changeRecord(
  keeper: RecordKeeper,
  { key, sender }: RecordName,
  seen: StoredRecord,
  rule: (record: PushRecord) => PushRecord | undefined,
  { durable, body, also }: ChangeOptions,
): Promise<Change> {
  const { store, queue, clock, lifetimes } = keeper;
  for (let current: StoredRecord | undefined = seen; current !== undefined;) {
    const next = rule(decodeRecord(current.record));
    if (next === undefined) return { made: false, stored: current };
    const result = await store.swap({
      key,
      rev: current.rev,
      next: encodeRecord(next),
      nowMs: clock.now(),
      keepMs: keepMsOf(next, lifetimes),
      sender: { key: sender, place: placeOf(next) },
      ...(body === undefined ? {} : { body: { xml: body, keepMs: lifetimes.bodyMs } }),
      ...(also === undefined ? {} : { also }),
      durable,
    });
    if (result.swapped) {
      if (result.next !== undefined) queue.hurry(jobIdOf(result.next)).catch(() => {}); // it looks by itself, too
      return { made: true, stored: result.stored };
    }
    if (result.alsoLost === true) return { made: false, stored: result.stored, alsoLost: true };
    current = result.stored;
  }
  return { made: false, stored: undefined };
}
