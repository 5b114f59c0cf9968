import { watch, type FSWatcher } from 'node:fs';
import * as nodeModule from 'node:module';
import { resolve as resolvePath, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../ports/logger.js';
import * as generationHook from './generation-hook.js';
import { findHandlerFolders } from './handler-files.js';
import { loadHandlers } from './load-handlers.js';
import type { LoadedHandlers } from './loaded.js';

/** Editors write a file in several steps; a save is over when it was quiet for this long. */
const QUIET_MS = 100;

export interface HandlerWatch {
  close(): void;
}

/**
 * Development: after every save, imports all files of the folder anew, shared `_` files included, and hands them
 * over if every one of them loads. Else the fault is logged and the generation before stays.
 */
export async function watchHandlers(
  folder: string,
  onGeneration: (handlers: LoadedHandlers) => void,
  options: { readonly log: Logger },
): Promise<HandlerWatch> {
  const dir = resolvePath(folder);
  const { log } = options;
  const watchers = new Map<string, FSWatcher>();
  let quiet: NodeJS.Timeout | undefined;
  let state: 'idle' | 'loading' | 'outdated' | 'closed' = 'idle';
  markGenerations(dir);
  await watchFolders();

  /** One watcher a folder: it sees files that editors replace, and folders that come and go. */
  async function watchFolders(): Promise<void> {
    const folders = new Set(await findHandlerFolders(dir).catch(() => [dir]));
    if (isClosed()) return;
    for (const [path, watcher] of watchers) {
      if (folders.has(path)) continue;
      watcher.close();
      watchers.delete(path);
    }
    for (const path of folders) {
      if (!watchers.has(path)) addWatcher(path);
    }
  }

  function addWatcher(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, onSave);
      const drop = () => {
        watcher.close();
        if (watchers.get(path) === watcher) watchers.delete(path);
      };
      watcher.on('error', drop);
      watchers.set(path, watcher);
    } catch (error) {
      log.warn({ err: error, path }, 'a folder of handlers cannot be watched');
    }
  }

  function onSave(): void {
    if (isClosed()) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      if (state === 'idle') void reload();
      else state = 'outdated';
    }, QUIET_MS);
  }

  async function reload(): Promise<void> {
    state = 'loading';
    try {
      await watchFolders();
      const loaded = await loadHandlers(dir, { log, url: urlsOf(nextGeneration()) });
      // what a save outdated in the meantime is loaded once more
      if (state === 'loading') {
        onGeneration(loaded);
        log.info(
          { handlers: loaded.handlers.length, observers: loaded.observers.length },
          'handlers reloaded',
        );
      }
    } catch (error) {
      if (state === 'loading')
        log.error({ err: error }, `handlers not reloaded, the last good ones stay. ${text(error)}`);
    }
    const again = hasGoneOn();
    if (!isClosed()) state = 'idle';
    if (again) await reload();
  }

  // asked by functions: tsc does not see that `state` changes while we wait
  const isClosed = (): boolean => state === 'closed';
  const hasGoneOn = (): boolean => state === 'outdated';

  return {
    close() {
      state = 'closed';
      clearTimeout(quiet);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

let lastGeneration = 0;
const nextGeneration = (): number => (lastGeneration += 1);
const urlsOf = (generation: number) => (path: string) =>
  `${pathToFileURL(path).href}?generation=${generation}`;

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What `node:module` has since Node 22.15, and our types do not know yet. */
type RegisterHooks = (hooks: { readonly resolve: typeof generationHook.resolve }) => unknown;

function markGenerations(dir: string): void {
  const root = pathToFileURL(dir + sep).href;
  const registerHooks: unknown = Reflect.get(nodeModule, 'registerHooks');
  if (typeof registerHooks === 'function') {
    generationHook.initialize({ root });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see RegisterHooks
    (registerHooks as RegisterHooks)({ resolve: generationHook.resolve });
  } else {
    nodeModule.register('./generation-hook.js', { parentURL: import.meta.url, data: { root } });
  }
}
