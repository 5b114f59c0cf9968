import type { PushRecord, StateStore, StoredRecord } from '../ports/state-store.js';
import type { Clock } from '../ports/clock.js';
import { isOver } from './record.js';

/** How long records live, in ms. Work under way outlives the 48 h in which a message can still be sent. */
export interface Lifetimes {
  readonly overMs: number;
  readonly underWayMs: number;
  readonly bodyMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

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
  readonly clock: Clock;
  readonly lifetimes: Lifetimes;
}

export interface ChangeOptions {
  readonly durable: boolean;
  /** The passive reply to remember with the change. */
  readonly body?: string;
}

/** Made: the record as it now stands. Not made, the rule does not allow it: the record that was in the way, if any. */
export type Change =
  | { readonly made: true; readonly stored: StoredRecord }
  | { readonly made: false; readonly stored: StoredRecord | undefined };

/**
 * Applies one rule of `record.ts`, again on whatever stands there when somebody was faster.
 *
 * @throws StoreUnavailable
 */
export async function changeRecord(
  keeper: RecordKeeper,
  key: string,
  seen: StoredRecord,
  rule: (record: PushRecord) => PushRecord | undefined,
  { durable, body }: ChangeOptions,
): Promise<Change> {
  const { store, clock, lifetimes } = keeper;
  for (let current: StoredRecord | undefined = seen; current !== undefined;) {
    const next = rule(current.record);
    if (next === undefined) return { made: false, stored: current };
    const result = await store.swap({
      key,
      rev: current.rev,
      next,
      nowMs: clock.now(),
      keepMs: isOver(next) ? lifetimes.overMs : lifetimes.underWayMs,
      ...(body === undefined ? {} : { body: { xml: body, keepMs: lifetimes.bodyMs } }),
      durable,
    });
    if (result.swapped) return { made: true, stored: result.stored ?? current };
    current = result.stored;
  }
  return { made: false, stored: undefined };
}
