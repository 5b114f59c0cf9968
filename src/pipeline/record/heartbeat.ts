import { randomBytes } from 'node:crypto';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { StateStore } from '../../ports/state-store.js';

/** An owner beats this often, and is dead once its last beat is this old. */
export const HEARTBEAT_INTERVAL_MS = 500;
export const HEARTBEAT_TTL_MS = 2_000;
/** Ownership is certain only this long after a confirmed beat: the rest is room for clocks that differ. */
const CERTAIN_AFTER_HEARTBEAT_MS = 1_200;

/** This process in the eyes of the others. */
export interface ProcessLease {
  readonly id: string;
  /** True while no other process can have taken over what this one claimed at that moment. */
  wasContinuouslyAliveSince(claimedAtMs: number): boolean;
  /** Beats once and waits for it, then goes on beating. */
  start(): Promise<void>;
  stop(): void;
}

/** Starts dead: nobody owns anything before the first beat is in the store. */
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
  let confirmedAtMs = Number.NEGATIVE_INFINITY;
  /** Where the present row of beats began: after a gap, what was claimed before it may be in other hands. */
  let unbrokenSinceMs = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let stopped = false;
  let failing = false;

  async function beat(): Promise<void> {
    const atMs = clock.now();
    try {
      await store.heartbeat(id, atMs + HEARTBEAT_TTL_MS);
      if (atMs - confirmedAtMs >= CERTAIN_AFTER_HEARTBEAT_MS) unbrokenSinceMs = atMs;
      confirmedAtMs = atMs;
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn({ err: error }, 'this process could not say that it is alive; it goes on trying');
      failing = true;
    }
  }

  /** The next beat is armed before this one is confirmed: a store that hangs must not slow the rhythm. */
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
    wasContinuouslyAliveSince: (claimedAtMs) =>
      claimedAtMs >= unbrokenSinceMs && clock.now() - confirmedAtMs < CERTAIN_AFTER_HEARTBEAT_MS,
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
