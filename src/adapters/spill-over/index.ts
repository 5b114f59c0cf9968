import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.js';
import type { DeferredQueue } from '../../ports/deferred-queue.js';
import type { Logger } from '../../ports/logger.js';
import type { StateStore } from '../../ports/state-store.js';
import { Breaker } from './breaker.js';
import type { LocalAdapters, RemoteAdapters } from './local-adapters.js';
import { SpillQueue } from './spill-queue.js';
import { SpillStore } from './spill-store.js';

export interface SpillOver {
  readonly store: StateStore;
  readonly queue: DeferredQueue;
  /** True while the journal stands in, or still holds what has to go to Redis. */
  degraded(): boolean;
  close(): Promise<void>;
}

/** Processes that share a folder have a journal each: `spill/0`, `spill/1` and so on. */
const MOST_SLOTS = 256;
const COME_HOME_AGAIN_MS = 2_000;

/**
 * Redis, with a journal behind it for the time in which it does not answer. What the journal took goes back when
 * Redis returns, and at start: also what a process left that is gone.
 *
 * @throws what `openLocal` throws, other than that the folder is in use
 */
export async function openSpillOver(options: {
  remote: RemoteAdapters;
  /** Opens a journal in a folder. An error with the code `data_dir_in_use` means: another process has that one. */
  openLocal: (dir: string) => Promise<LocalAdapters>;
  dir: string;
  clock: Clock;
  log: Logger;
}): Promise<SpillOver> {
  const { remote, clock, log } = options;
  const folder = join(options.dir, 'spill');
  await mkdir(folder, { recursive: true });
  const { local, slot } = await openFirstFree(folder, options.openLocal);
  let closed = false;
  let coming: Promise<void> | undefined;

  const breaker = new Breaker({ clock, log, probe: () => store.probe(), onReturn: () => void comeHome() });
  const store = new SpillStore({ remote: remote.store, local: local.store, breaker, clock });
  const queue = new SpillQueue({ remote: remote.queue, local: local.queue, breaker, clock });

  /** Records first: a job that arrives at Redis must find its record there. */
  function comeHome(): Promise<void> {
    coming ??= bringBack().finally(() => (coming = undefined));
    return coming;
  }

  async function bringBack(): Promise<void> {
    try {
      await store.comeHome();
      await queue.comeHome();
      await rescueLeftovers();
    } catch (error) {
      log.warn({ err: error }, 'the journal could not be moved to Redis yet');
      if (closed) return;
      breaker.trip(error);
      clock.schedule(COME_HOME_AGAIN_MS, () => void (breaker.open || closed || comeHome()), {
        background: true,
      });
    }
  }

  /** Journals of processes that are gone and have not come back. */
  async function rescueLeftovers(): Promise<void> {
    for (const name of await readdir(folder)) {
      if (name === String(slot) || !/^\d+$/.test(name) || closed) continue;
      const left = await options.openLocal(join(folder, name)).catch(() => undefined);
      if (left === undefined) continue;
      try {
        await new SpillStore({ remote: remote.store, local: left.store, breaker, clock }).comeHome();
        await new SpillQueue({ remote: remote.queue, local: left.queue, breaker, clock }).comeHome();
      } finally {
        await left.close();
      }
    }
  }

  void comeHome();

  function holdsWork(): boolean {
    for (const _job of local.queue.waiting()) return true;
    return store.away > 0;
  }

  return {
    store,
    queue,
    degraded: () => breaker.open || holdsWork(),
    async close() {
      closed = true;
      breaker.stop();
      await coming?.catch(() => undefined);
      await remote.close();
      await local.close();
    },
  };
}

async function openFirstFree(
  folder: string,
  openLocal: (dir: string) => Promise<LocalAdapters>,
): Promise<{ local: LocalAdapters; slot: number }> {
  for (let slot = 0; ; slot += 1) {
    try {
      return { local: await openLocal(join(folder, String(slot))), slot };
    } catch (error) {
      const inUse = (error as { code?: unknown }).code === 'data_dir_in_use';
      if (!inUse || slot >= MOST_SLOTS) throw error;
    }
  }
}
