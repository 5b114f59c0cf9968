import { join } from 'node:path';
import type { Clock } from '../../ports/clock.js';
import { QueueUnavailable, type DeferredQueue } from '../../ports/deferred-queue.js';
import { noEvents, type Events } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';
import { StoreUnavailable, type StateStore } from '../../ports/state-store.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { OrphanedJournals } from './orphaned-journals.js';
import type { LocalAdapters, RemoteAdapters } from './ports.js';
import { FallbackQueue } from './fallback-queue.js';
import { FallbackStore } from './fallback-store.js';
import { LocalIndex } from './local-index.js';

export type { LocalAdapters, LocalQueue, LocalStore, RemoteAdapters } from './ports.js';

export interface Fallback {
  readonly store: StateStore;
  readonly queue: DeferredQueue;
  /** True while the journal stands in, still holds what has to go to Redis, or could not stand in. */
  degraded(): boolean;
  /** True while neither Redis nor the journal keeps anything. */
  failing(): boolean;
  /** Records and jobs that the journal holds until Redis takes them. */
  spilled(): number;
  journalBytes(): number;
  close(): Promise<void>;
}

const JOURNAL_TIMEOUT_MS = 300;
/** Processes that share a folder have a journal each: `spill/0`, `spill/1` and so on. */
const MAX_SLOTS = 256;
/** While something is still to be moved. */
const WRITE_BACK_RETRY_MS = 500;
/** For journals that another process left behind meanwhile. */
const ORPHAN_SCAN_INTERVAL_MS = 10_000;

/**
 * Redis, with a journal behind it for the time in which it does not answer. What the journal took goes back when
 * Redis returns, and at start: also what a process left that is gone.
 *
 * @throws what `openLocal` throws, other than that the folder is in use
 */
export async function openFallback(options: {
  remote: RemoteAdapters;
  /** Opens a journal in a folder. An error with the code `data_dir_in_use` means: another process has that one. */
  openLocal: (dir: string) => Promise<LocalAdapters>;
  dir: string;
  clock: Clock;
  log: Logger;
  events?: Events;
  /** A job that the journal has not kept by then is not kept. Default: its share of the time before a deadline. */
  journalTimeoutMs?: number;
}): Promise<Fallback> {
  const { remote, openLocal, clock, log, events = noEvents, journalTimeoutMs = JOURNAL_TIMEOUT_MS } = options;
  const folder = join(options.dir, 'spill');
  const { local, slot } = await openFirstFree(folder, openLocal).catch(async (error: unknown) => {
    await remote.close(); // its connections would keep the process
    throw error;
  });
  let closed = false;
  let writingBack: Promise<void> | undefined;
  let cancelNext = (): void => {};

  const localIndex = new LocalIndex(clock);
  const breaker = new CircuitBreaker({
    clock,
    log,
    events,
    probe: () => store.probe(),
    onClose: () => writeBack(),
  });
  const shared = { breaker, clock, localIndex };
  const store = new FallbackStore({ remote: remote.store, local: local.store, ...shared });
  const queue = new FallbackQueue({ remote: remote.queue, local: local.queue, journalTimeoutMs, ...shared });
  const orphanedJournals = new OrphanedJournals({ folder, ownSlot: slot, openLocal, remote, clock, log });

  function writeBack(): void {
    cancelNext();
    writingBack ??= writeBackAll().finally(() => {
      writingBack = undefined;
      if (closed || breaker.open) return;
      // A job that is being worked on here may be given back at any moment: it is for Redis then.
      const isDone = !hasLocalWork() && local.queue.isEmpty;
      cancelNext = clock.schedule(isDone ? ORPHAN_SCAN_INTERVAL_MS : WRITE_BACK_RETRY_MS, writeBack, {
        background: true,
      });
    });
  }

  /** Records first: a job that arrives at Redis must find its record there. */
  async function writeBackAll(): Promise<void> {
    try {
      await store.writeBack();
      await queue.writeBack();
      await orphanedJournals.adoptAll();
    } catch (error) {
      if (closed) return;
      log.warn({ err: error }, 'the journal could not be moved to Redis yet');
      if (error instanceof StoreUnavailable || error instanceof QueueUnavailable) breaker.trip(error);
    }
  }

  function hasLocalWork(): boolean {
    const [job] = local.queue.waiting();
    return job !== undefined || localIndex.localRecords.size > 0;
  }

  writeBack();

  return {
    store,
    queue,
    degraded: () => breaker.open || hasLocalWork() || local.failing(),
    failing: () => breaker.open && local.failing(),
    spilled: () => localIndex.localRecords.size,
    journalBytes: () => local.journalBytes(),
    async close() {
      closed = true;
      breaker.stop();
      cancelNext();
      orphanedJournals.stop();
      await writingBack;
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
      if (!isInUse(error) || slot >= MAX_SLOTS) throw error;
    }
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'data_dir_in_use';
}
