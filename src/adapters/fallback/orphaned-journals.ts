import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { writeBackJobs, writeBackDeadLetters, writeBackRecord } from './write-back.js';
import type { LocalAdapters, RemoteAdapters } from './ports.js';

/** Adopts the journals of dead processes: writes their work to Redis, where other processes find it. */
export class OrphanedJournals {
  readonly #folder: string;
  readonly #ownSlot: number;
  readonly #openLocal: (dir: string) => Promise<LocalAdapters>;
  readonly #remote: RemoteAdapters;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Slots found empty, with the mtime of their directory, which a later owner changes. */
  readonly #emptied = new Map<string, number>();
  #stopped = false;

  constructor(deps: {
    folder: string;
    ownSlot: number;
    openLocal: (dir: string) => Promise<LocalAdapters>;
    remote: RemoteAdapters;
    clock: Clock;
    log: Logger;
  }) {
    this.#folder = deps.folder;
    this.#ownSlot = deps.ownSlot;
    this.#openLocal = deps.openLocal;
    this.#remote = deps.remote;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** @throws StoreUnavailable @throws QueueUnavailable  what is left stays where it is */
  async adoptAll(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (this.#stopped) return;
      if (!/^\d+$/.test(name) || Number(name) === this.#ownSlot) continue;
      const dir = join(this.#folder, name);
      if (this.#emptied.get(name) === (await touchedMs(dir))) continue;
      const left = await this.#open(dir);
      if (left === undefined) continue;
      try {
        await this.#empty(left, name);
      } finally {
        await left.close();
      }
      this.#emptied.set(name, await touchedMs(dir));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Opens a journal. `undefined`: a living process owns it, or it is unreadable, which a start with it will report. */
  async #open(dir: string): Promise<LocalAdapters | undefined> {
    try {
      return await this.#openLocal(dir);
    } catch {
      return undefined;
    }
  }

  async #empty({ store: local, queue }: LocalAdapters, name: string): Promise<void> {
    const records = [...local.records()];
    const { store: remote } = this.#remote;
    for (const { key, expiresAtMs } of records)
      await writeBackRecord({ local, remote, clock: this.#clock }, key, { untilMs: expiresAtMs, guards: [] });
    await writeBackDeadLetters(local, remote);
    const jobs = await queue.size();
    await writeBackJobs(queue, this.#remote.queue);
    if (records.length + jobs > 0)
      this.#log.info(
        { slot: name, records: records.length, jobs },
        'write-back done: the journal of a process that is gone was moved to Redis',
      );
  }
}

async function touchedMs(dir: string): Promise<number> {
  return (await stat(dir)).mtimeMs;
}
