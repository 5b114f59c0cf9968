import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { DataDirUnusable } from './data-dir-errors.js';
import { DeadLetterStore } from './dead-letter-store.js';
import { FileDeferredQueue } from './file-deferred-queue.js';
import { FileStateStore } from './file-state-store.js';
import { disk } from './file-system.js';
import type { FileSystem } from './file-system.js';
import { acquireDirLock } from './dir-lock.js';
import { Journal } from './journal.js';

export { DataDirInUse, DataDirUnusable } from './data-dir-errors.js';
export type { FileDeferredQueue, LocalPutOptions } from './file-deferred-queue.js';
export type { FileStateStore, StoredRecordCopy } from './file-state-store.js';

export interface FileAdapterLimits {
  /** Waiting jobs. Default 200,000. */
  readonly jobs?: number;
  /** JSON text of all waiting jobs. Default 256 MiB. */
  readonly jobBytes?: number;
  /** Dead letters; beyond it the oldest are dropped. Default 10,000. */
  readonly deadLetters?: number;
  /** JSON text of all dead letters. Default 64 MiB. */
  readonly deadLetterBytes?: number;
}

export interface FileAdapters {
  readonly store: FileStateStore;
  readonly queue: FileDeferredQueue;
  /** True while nothing can be written, and so nothing be promised. It tries again by itself. */
  readonly failing: () => boolean;
  readonly journalBytes: () => number;
  /** Stops the queue's consumers, writes what is noted, lets the folder go. */
  readonly close: () => Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Opens the embedded store and queue over one journal in `dir`, which is made if it is absent. This process
 * owns the folder until `close` or its end.
 *
 * @throws DataDirInUse     another living process owns the folder
 * @throws DataDirUnusable  it cannot be made, read or written, or a newer version wrote it
 */
export async function openFileAdapters(options: {
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: FileAdapterLimits;
  readonly files?: FileSystem;
}): Promise<FileAdapters> {
  const { dir, clock, log, limits = {}, files = disk } = options;
  try {
    await files.makeFolder(dir);
  } catch (cause) {
    throw new DataDirUnusable(dir, String(cause), { cause });
  }
  let owner = await acquireDirLock(dir);
  /** The folder that is there now may be another one. */
  const reclaim = async (): Promise<void> => {
    if (!(await owner.isLost())) return;
    const lost = owner;
    owner = await acquireDirLock(dir);
    await lost.release();
  };
  try {
    const { jobs = 200_000, jobBytes = 256 * MEBIBYTE } = limits;
    const { deadLetters = 10_000, deadLetterBytes = 64 * MEBIBYTE } = limits;
    const journal = new Journal({ dir, files, clock, log, reclaim });
    const letters = new DeadLetterStore({ letters: deadLetters, bytes: deadLetterBytes }, log);
    const store = new FileStateStore(journal, clock, letters);
    const queue = new FileDeferredQueue(journal, clock, log, { jobs, bytes: jobBytes });
    await journal.open([store, queue]);
    return {
      store,
      queue,
      failing: () => journal.failing,
      journalBytes: () => journal.bytes,
      async close() {
        await queue.close();
        await store.close();
        await journal.close();
        await owner.release();
      },
    };
  } catch (cause) {
    await owner.release();
    throw cause instanceof DataDirUnusable ? cause : new DataDirUnusable(dir, String(cause), { cause });
  }
}
