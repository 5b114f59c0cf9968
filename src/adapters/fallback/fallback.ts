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
  /** True while the journal replaces Redis, still holds data for Redis, or could not replace it. */
  degraded(): boolean;
  /** True while neither Redis nor the journal stores anything. */
  failing(): boolean;
  /** Number of records and jobs in the journal that wait for Redis. */
  spilled(): number;
  journalBytes(): number;
  close(): Promise<void>;
}

const JOURNAL_TIMEOUT_MS = 300;
/** Processes that share a directory have one journal each: `spill/0`, `spill/1` and so on. */
const MAX_SLOTS = 256;
/** Interval of write-backs while some data is left. */
const WRITE_BACK_RETRY_MS = 500;
/** Interval at which orphaned journals are looked for. */
const ORPHAN_SCAN_INTERVAL_MS = 10_000;

/**
 * Opens Redis with a journal that replaces it while it does not answer. The journal is written back when Redis returns
 * and at start, including orphaned journals.
 *
 * @throws errors of `openLocal`, except that the directory is in use
 */
export async function openFallback(options: {
  remote: RemoteAdapters;
  /** Opens a journal in a directory. The error code `data_dir_in_use` means that another process owns it. */
  openLocal: (dir: string) => Promise<LocalAdapters>;
  dir: string;
  clock: Clock;
  log: Logger;
  events?: Events;
  /** Time limit of a put into the journal. Default: its share of the time before a deadline. */
  journalTimeoutMs?: number;
}): Promise<Fallback> {
  const { remote, openLocal, clock, log, events = noEvents, journalTimeoutMs = JOURNAL_TIMEOUT_MS } = options;
  const folder = join(options.dir, 'spill');
  const { local, slot } = await openFirstFree(folder, openLocal).catch(async (error: unknown) => {
    await remote.close(); // its connections would keep the process alive
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
      // An active local job may return to the queue at any moment, and must then go to Redis.
      const isDone = !hasLocalWork() && local.queue.isEmpty;
      cancelNext = clock.schedule(isDone ? ORPHAN_SCAN_INTERVAL_MS : WRITE_BACK_RETRY_MS, writeBack, {
        background: true,
      });
    });
  }

  /** Records first: a job in Redis must find its record there. */
  async function writeBackAll(): Promise<void> {
    try {
      await store.writeBack();
      await queue.writeBack();
      await orphanedJournals.adoptAll();
    } catch (error) {
      if (closed) return;
      log.warn({ err: error }, 'write-back failed: the journal could not be moved to Redis, retry scheduled');
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
