import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { DeadLetter, Place, PushRecord } from '../../ports/state-store.js';
import type { SendLedger } from '../../protocol/send-ledger.js';

/** Where a record stands for its sender; absent where it stands nowhere. */
export type LaneEntryTuple = readonly [sender: string, place: Place, rank: number];

/**
 * One entry of the journal. Entries state what *is*, not what changes: a later one about the same thing replaces
 * an earlier one, so an entry that is read twice does no harm. Times are milliseconds since 1970.
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
  /** Changes that count together or not at all. */
  | readonly ['together', entries: readonly Entry[]]
  | readonly ['window', sender: string, ledger: SendLedger]
  | readonly ['guard', id: string, use: string, expiresAtMs: number]
  /** Several of them: id, use and end of each, one after the other. */
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
 * 2: records have seats; entries may stand together; windows; dropped letters. 3: guards stand together. 4: the words of
 * today for the mailbox, allowances, dead letters and jobs (`older-entries.ts`). All of 1 to 3 is still read.
 */
export const FORMAT: Entry & readonly ['journal', number] = ['journal', 4];

/** What keeps its state in the journal. */
export interface Journaled {
  /** Takes one entry back in. Entries of other parts come along and are passed over. */
  replay(entry: Entry): void;
  /** Small changes since it was asked last, told by `writeSoon`: asked when a batch is written, so that they share entries. */
  pendingEntries?(): readonly Entry[];
  /** All that is alive now, as entries. Read bit by bit while the state goes on changing. */
  snapshot(): Iterable<Entry>;
}
