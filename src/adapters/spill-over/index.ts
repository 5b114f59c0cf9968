import { join } from 'node:path';
import type { Clock } from '../../ports/clock.js';
import { QueueUnavailable, type DeferredQueue } from '../../ports/deferred-queue.js';
import { noEvents, type Events } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';
import { StoreUnavailable, type StateStore } from '../../ports/state-store.js';
import { Breaker } from './breaker.js';
import { Leftovers } from './leftovers.js';
import type { LocalAdapters, RemoteAdapters } from './local-adapters.js';
import { SpillQueue } from './spill-queue.js';
import { SpillStore } from './spill-store.js';
import { Whereabouts } from './whereabouts.js';

export type { LocalAdapters, LocalQueue, LocalStore, RemoteAdapters } from './local-adapters.js';

export interface SpillOver {
  readonly store: StateStore;
  readonly queue: DeferredQueue;
  /** True while the journal stands in, still holds what has to go to Redis, or could not stand in. */
  degraded(): boolean;
  /** True while neither Redis nor the journal keeps anything. */
  failing(): boolean;
  close(): Promise<void>;
}

const JOURNAL_LIMIT_MS = 300;
/** Processes that share a folder have a journal each: `spill/0`, `spill/1` and so on. */
const MOST_SLOTS = 256;
/** While something is still to be moved. */
const MOVE_AGAIN_MS = 500;
/** For journals that another process left behind meanwhile. */
const RESCUE_EVERY_MS = 10_000;

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
  events?: Events;
  /** A job that the journal has not kept by then is not kept. Default: its share of the time before a deadline. */
  journalLimitMs?: number;
}): Promise<SpillOver> {
  const { remote, openLocal, clock, log, events = noEvents, journalLimitMs = JOURNAL_LIMIT_MS } = options;
  const folder = join(options.dir, 'spill');
  const { local, slot } = await openFirstFree(folder, openLocal).catch(async (error: unknown) => {
    await remote.close(); // its connections would keep the process
    throw error;
  });
  let closed = false;
  let coming: Promise<void> | undefined;
  let cancelNext = (): void => {};

  const whereabouts = new Whereabouts(clock);
  const breaker = new Breaker({ clock, log, events, probe: () => store.probe(), onReturn: () => comeHome() });
  const shared = { breaker, clock, whereabouts };
  const store = new SpillStore({ remote: remote.store, local: local.store, ...shared });
  const queue = new SpillQueue({ remote: remote.queue, local: local.queue, journalLimitMs, ...shared });
  const leftovers = new Leftovers({ folder, ownSlot: slot, openLocal, remote, clock, log });

  function comeHome(): void {
    cancelNext();
    coming ??= bringBack().finally(() => {
      coming = undefined;
      if (closed || breaker.open) return;
      cancelNext = clock.schedule(holdsWork() ? MOVE_AGAIN_MS : RESCUE_EVERY_MS, comeHome, {
        background: true,
      });
    });
  }

  /** Records first: a job that arrives at Redis must find its record there. */
  async function bringBack(): Promise<void> {
    try {
      await store.comeHome();
      await queue.comeHome();
      await leftovers.rescue();
    } catch (error) {
      if (closed) return;
      log.warn({ err: error }, 'the journal could not be moved to Redis yet');
      if (error instanceof StoreUnavailable || error instanceof QueueUnavailable) breaker.trip(error);
    }
  }

  function holdsWork(): boolean {
    const [job] = local.queue.waiting();
    return job !== undefined || whereabouts.recordsHere.size > 0;
  }

  comeHome();

  return {
    store,
    queue,
    degraded: () => breaker.open || holdsWork() || local.failing(),
    failing: () => breaker.open && local.failing(),
    async close() {
      closed = true;
      breaker.stop();
      cancelNext();
      leftovers.stop();
      await coming;
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
      if (!isInUse(error) || slot >= MOST_SLOTS) throw error;
    }
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'data_dir_in_use';
}
