import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { DeadLetter, Place, PushRecord } from '../../ports/state-store.js';
import type { SendLedger } from '../../protocol/send-ledger.js';

/** The place of a record for its sender; absent if it has none. */
export type LaneEntryTuple = readonly [sender: string, place: Place, rank: number];

/**
 * One entry of the journal. Entries hold values, not changes: a later one about the same key replaces an earlier one,
 * so reading an entry twice is harmless. Times are Unix ms.
 */
export type Entry =
  | readonly ['journal', version: number]
  | readonly [
      'record',
      key: string,
      expiresAtMs: number,
      rev: number,
      record: PushRecord,
      laneEntry?: LaneEntryTuple | undefined,
    ]
  | readonly [
      'answer',
      key: string,
      expiresAtMs: number,
      rev: number,
      record: PushRecord,
      body: string,
      bodyExpiresAtMs: number,
      laneEntry?: LaneEntryTuple | undefined,
    ]
  | readonly ['no-record', key: string]
  /** Changes that take effect together or not at all. */
  | readonly ['together', entries: readonly Entry[]]
  | readonly ['window', sender: string, ledger: SendLedger]
  | readonly ['guard', id: string, use: string, expiresAtMs: number]
  /** Several guards as a flat list: id, use and expiry of each. */
  | readonly ['guards', list: readonly (string | number)[]]
  | readonly ['fact', name: string, value: string, expiresAtMs: number]
  | readonly ['no-fact', name: string]
  | readonly ['letter', letter: DeadLetter]
  | readonly ['no-letter', id: string]
  | readonly ['job', job: DeferredJob, dueAtMs: number, maybeRemote: boolean, inMailbox?: boolean]
  | readonly ['due', jobId: string, atMs: number, inMailbox?: boolean]
  | readonly ['settled', jobId: string]
  | readonly ['no-job', jobId: string];

/**
 * The first entry of each segment. A reader refuses a higher version than its own.
 *
 * 2: lane entries; `together`; send quotas; deleted letters. 3: guards in lists. 4: today's names for the mailbox,
 * allowances, dead letters and jobs (`older-entries.ts`). Formats 1 to 3 are still read.
 */
export const FORMAT: Entry & readonly ['journal', number] = ['journal', 4];

/** A part of the store whose state is in the journal. */
export interface Journaled {
  /** Restores the state of one entry. Ignores entries of other parts. */
  replay(entry: Entry): void;
  /**
   * Returns the small changes since the last call, which `scheduleFlush` announced. Called when a batch is written, so
   * that changes share entries.
   */
  pendingEntries?(): readonly Entry[];
  /** Yields all live data as entries. It is read gradually while the state goes on changing. */
  snapshot(): Iterable<Entry>;
}
