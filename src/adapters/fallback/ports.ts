import type { DeferredJob, DeferredQueue, PutOptions } from '../../ports/deferred-queue.js';
import type { DeadLetter, LanePlacement, StateStore, StoredRecordCopy } from '../../ports/state-store.js';

/** The operations of the local store that the fallback needs. */
export interface LocalStore extends StateStore {
  /** Yields records that are unfinished or have a place. */
  records(): Iterable<StoredRecordCopy>;
  /** Stores a record unchanged. Resolves once it is durable. */
  import(record: StoredRecordCopy): Promise<void>;
  forget(key: string): void;
  /** Deletes a letter that `deadLetters` returned, unless it was put again since. */
  deleteUnchangedDeadLetter(letter: DeadLetter): Promise<void>;
  /** Returns the place of a local record, with its rank. */
  placementOf(key: string, nowMs: number): LanePlacement | undefined;
  /** Adds a lane entry for a record of Redis, until `dropMirror` and for an hour at most. */
  mirrorLaneEntry(sender: string, key: string, nowMs: number): void;
  dropMirror(sender: string, key: string): void;
}

/** The operations of the local queue that the fallback needs. */
export interface LocalQueue extends DeferredQueue {
  /** False also while the last job is active. */
  readonly isEmpty: boolean;
  /** Puts a job. `maybeRemote`: it may also be in Redis, and does not run here. */
  put(job: DeferredJob, options?: PutOptions & { maybeRemote?: boolean }): Promise<void>;
  /** Yields jobs that are not active, oldest first. */
  waiting(): Iterable<{
    job: DeferredJob;
    notBeforeMs: number;
    maybeRemote: boolean;
    inMailbox: boolean;
  }>;
}

export interface LocalAdapters {
  readonly store: LocalStore;
  readonly queue: LocalQueue;
  /** True while nothing can be written. */
  failing(): boolean;
  journalBytes(): number;
  close(): Promise<void>;
}

export interface RemoteAdapters {
  readonly store: StateStore;
  readonly queue: DeferredQueue;
  close(): Promise<void>;
}
