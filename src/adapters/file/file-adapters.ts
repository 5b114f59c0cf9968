import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { DataDirUnusable } from './data-dir-errors.js';
import { FileDeadLetterStore } from './dead-letter-store.js';
import { FileDeferredQueue } from './file-deferred-queue.js';
import { FileStateStore } from './file-state-store.js';
import { disk } from './file-system.js';
import type { FileSystem } from './file-system.js';
import { acquireDirLock } from './dir-lock.js';
import { Journal } from './journal.js';

export { DataDirInUse, DataDirUnusable } from './data-dir-errors.js';
export type { FileDeferredQueue, LocalPutOptions } from './file-deferred-queue.js';
export type { FileStateStore } from './file-state-store.js';

export interface FileAdapterLimits {
  /** Limit of waiting jobs. Default 200,000. */
  readonly jobs?: number;
  /** Limit of the JSON text of all waiting jobs. Default 256 MiB. */
  readonly jobBytes?: number;
  /** Limit of dead letters; beyond it the oldest are dropped. Default 10,000. */
  readonly deadLetters?: number;
  /** Limit of the JSON text of all dead letters. Default 64 MiB. */
  readonly deadLetterBytes?: number;
}

export interface FileAdapters {
  readonly store: FileStateStore;
  readonly queue: FileDeferredQueue;
  /** True while nothing can be written, so that nothing can be promised. It retries by itself. */
  readonly failing: () => boolean;
  readonly journalBytes: () => number;
  /** Stops the queue's consumers, flushes the journal and releases the directory. */
  readonly close: () => Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Opens the embedded store and queue over one journal in `dir`, which is created if absent. This process owns the
 * directory until `close` or its end.
 *
 * @throws DataDirInUse     another living process owns the directory
 * @throws DataDirUnusable  it cannot be created, read or written, or a newer version wrote it
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
  /** The directory may have been replaced by another one. */
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
    const letters = new FileDeadLetterStore({ letters: deadLetters, bytes: deadLetterBytes }, log);
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
