import { resolve } from 'node:path';
import type { Logger } from '../ports/logger.js';
import { loadHandlers } from './load-handlers.js';
import type { LoadedHandlers } from './registry.js';
import { registerReloadHook, nextGeneration } from './reload-hook-registration.js';
import { FolderWatcher } from './watch-folders.js';

/** Editors write a file in several steps; a save ends after this long without a change. */
const QUIET_MS = 100;

export interface HandlerWatch {
  close(): void;
}

/**
 * Reloads handlers in development: after every save, imports all files again, including shared `_` files, and passes
 * them on if all of them load. Otherwise logs the faults and keeps the previous handlers.
 */
export async function watchHandlers(
  folder: string,
  onGeneration: (handlers: LoadedHandlers) => void,
  options: { readonly log: Logger },
): Promise<HandlerWatch> {
  const dir = resolve(folder);
  const { log } = options;
  /** Number of saves. A load that started before the latest save is dropped. */
  let saves = 0;
  let isLoading = false;
  let quiet: NodeJS.Timeout | undefined;

  async function reload(): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    let seen: number;
    do {
      seen = saves;
      await folders.refresh();
      try {
        const loaded = await loadHandlers(dir, { log, url: nextGeneration(dir) });
        if (seen === saves) accept(loaded);
      } catch (error) {
        if (seen === saves) refuse(error);
      }
    } while (seen !== saves && !folders.isClosed);
    isLoading = false;
  }

  function accept(loaded: LoadedHandlers): void {
    if (folders.isClosed) return;
    onGeneration(loaded);
    const { handlers, observers } = loaded;
    log.info({ dir, handlers: handlers.length, observers: observers.length }, 'handlers reloaded');
  }

  function refuse(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    log.error({ dir }, `handlers not reloaded: the last good ones stay. ${why}`);
  }

  const folders = new FolderWatcher(
    dir,
    () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        saves += 1;
        void reload();
      }, QUIET_MS);
    },
    log,
  );
  registerReloadHook(dir);
  await folders.refresh();

  return {
    close() {
      clearTimeout(quiet);
      folders.close();
    },
  };
}
