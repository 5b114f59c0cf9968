import { watch, type FSWatcher } from 'node:fs';
import type { Logger } from '../ports/logger.js';
import { findHandlerFolders } from './handler-files.js';

/**
 * Watches a directory and each subdirectory with its own watcher, so that files that editors replace are noticed on
 * every system. `refresh` adds new subdirectories.
 */
export class FolderWatcher {
  readonly #dir: string;
  readonly #onChange: () => void;
  readonly #log: Logger;
  readonly #watchers = new Map<string, FSWatcher>();
  #closed = false;

  constructor(dir: string, onChange: () => void, log: Logger) {
    this.#dir = dir;
    this.#onChange = onChange;
    this.#log = log;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  async refresh(): Promise<void> {
    const folders = new Set(await findHandlerFolders(this.#dir).catch(() => [this.#dir]));
    for (const path of this.#watchers.keys()) if (!folders.has(path)) this.#drop(path);
    for (const path of folders) if (!this.#watchers.has(path) && !this.#closed) this.#add(path);
  }

  close(): void {
    this.#closed = true;
    for (const path of this.#watchers.keys()) this.#drop(path);
  }

  #add(path: string): void {
    try {
      const watcher = watch(path, { persistent: false }, this.#onChange);
      watcher.on('error', () => this.#drop(path));
      this.#watchers.set(path, watcher);
    } catch (error) {
      this.#log.warn({ err: error, path }, 'watch failed: changes in a folder of handlers are not seen');
    }
  }

  #drop(path: string): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
  }
}
