import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { DeadLetter, PushRecord } from '../../ports/state-store.js';

/**
 * One entry of the journal. Entries state what *is*, not what changes: a later one about the same thing replaces
 * an earlier one, so an entry that is read twice does no harm. Times are milliseconds since 1970.
 */
export type Entry =
  | readonly ['journal', version: number]
  | readonly ['record', key: string, expiresAtMs: number, rev: number, record: PushRecord]
  | readonly [
      'answer',
      key: string,
      expiresAtMs: number,
      rev: number,
      record: PushRecord,
      body: string,
      bodyExpiresAtMs: number,
    ]
  | readonly ['no-record', key: string]
  | readonly ['guard', id: string, use: string, expiresAtMs: number]
  | readonly ['fact', name: string, value: string, expiresAtMs: number]
  | readonly ['no-fact', name: string]
  | readonly ['letter', letter: DeadLetter]
  | readonly ['no-letter', id: string]
  | readonly ['job', job: DeferredJob, dueAtMs: number, doubtful: boolean]
  | readonly ['due', jobId: string, atMs: number]
  | readonly ['settled', jobId: string]
  | readonly ['no-job', jobId: string];

/** The first entry of each segment. A reader refuses a higher version than its own. */
export const FORMAT: Entry & readonly ['journal', number] = ['journal', 1];

/** What keeps its state in the journal. */
export interface Journaled {
  /** Takes one entry back in. Entries of other parts come along and are passed over. */
  replay(entry: Entry): void;
  /** All that is alive now, as entries. Read bit by bit while the state goes on changing. */
  live(): Iterable<Entry>;
}
