import { randomBytes } from 'node:crypto';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { StateStore } from '../../ports/state-store.js';

/** A process beats this often, and counts as dead once its last heartbeat is older than the TTL. */
const HEARTBEAT_INTERVAL_MS = 500;
const HEARTBEAT_TTL_MS = 2_000;

/** The identity of this process as an owner of records, and its heartbeat. */
export interface ProcessLease {
  readonly id: string;
  /** Stores the first heartbeat, then repeats it in the background. */
  start(): Promise<void>;
  stop(): void;
}

/** Creates a lease that counts as dead until its first heartbeat is stored. */
export function createProcessLease({
  store,
  clock,
  log,
}: {
  store: StateStore;
  clock: Clock;
  log: Logger;
}): ProcessLease {
  const id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  let cancel: (() => void) | undefined;
  let stopped = false;
  let failing = false;

  async function beat(): Promise<void> {
    try {
      await store.heartbeat(id, clock.now() + HEARTBEAT_TTL_MS);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'heartbeat failed: retry scheduled');
      failing = true;
    }
  }

  /** Schedules the next heartbeat before this one is confirmed: a store that hangs must not slow the rhythm. */
  function scheduleHeartbeat(): void {
    if (stopped) return;
    cancel = clock.schedule(
      HEARTBEAT_INTERVAL_MS,
      () => {
        scheduleHeartbeat();
        void beat();
      },
      { background: true },
    );
  }

  return {
    id,
    async start() {
      await beat();
      scheduleHeartbeat();
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
