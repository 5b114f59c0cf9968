import type { DeferredJob, DeferredQueue, PutOptions } from '../../ports/deferred-queue.js';
import type { LanePlacement, StateStore, StoredRecord } from '../../ports/state-store.js';

/** A record as it travels between stores. */
export interface StoredRecordCopy {
  readonly key: string;
  readonly stored: StoredRecord;
  readonly expiresAtMs: number;
  /** Where it stands for its sender. */
  readonly sender?: LanePlacement;
}

/** What the fallback asks of the store that stands in. */
export interface LocalStore extends StateStore {
  /** Records whose work is not over, or that stand somewhere. */
  records(): Iterable<StoredRecordCopy>;
  /** Takes a record in as it is; resolves once it is durable. */
  import(record: StoredRecordCopy): Promise<void>;
  forget(key: string): void;
  /** Where a record that is here stands, and since when. */
  placementOf(key: string, nowMs: number): LanePlacement | undefined;
  /** A record that is not here stands in the lane here all the same, for an hour at most, until `leaveFor`. */
  mirrorLaneEntry(sender: string, key: string, nowMs: number): void;
  dropMirror(sender: string, key: string): void;
}

/** What the fallback asks of the queue that stands in. */
export interface LocalQueue extends DeferredQueue {
  /** False also while its last job is being worked on. */
  readonly isEmpty: boolean;
  /** A doubtful job may be in the other queue as well and is not run here. */
  put(job: DeferredJob, options?: PutOptions & { maybeRemote?: boolean }): Promise<void>;
  /** Jobs that nobody works on, oldest first. */
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
