import { createBullQueue, type BullQueue } from '../../../src/adapters/redis/redis-adapters.js';
import type { Clock } from '../../../src/ports/clock.js';
import type { DeferredQueue } from '../../../src/ports/deferred-queue.js';
import { silentLogger } from '../../../src/ports/logger.js';

/** BullMQ waits in real time. What is to wait in moved time waits there for a day, and is hurried when its time has come. */
const FOR_NOW_MS = 86_400_000;
/** A job that is hurried while it is on its way back to the waiting ones does not feel it. */
const HURRY_AGAIN_MS = 1_000;

/** The delays of one BullMQ queue, kept by a moved clock. It stands beside the processes and outlives each of them. */
export interface VirtualTimeDelays {
  /** The queue as one process has it. */
  wrap(queue: BullQueue): ProcessQueue;
  /** Jobs that wait for less than this, or are being looked at. */
  dueWithin(ms: number): number;
  /** Jobs that a dead process had in hand: BullMQ gives them to another one after some real seconds. */
  orphans(): number;
  close(): Promise<void>;
}

export interface ProcessQueue extends DeferredQueue {
  /** Its process is dead. */
  abandon(): void;
}

export function openVirtualTimeDelays({ url, clock }: { url: string; clock: Clock }): VirtualTimeDelays {
  const alarms = new Map<string, { readonly atMs: number; cancel(): void }>();
  const hands = new Set<Set<string>>();
  const orphans = new Set<string>();
  const isInHand = (id: string): boolean => [...hands].some((hand) => hand.has(id));
  const queue = createBullQueue({ url, clock, log: silentLogger });

  function cancel(id: string): void {
    alarms.get(id)?.cancel();
    alarms.delete(id);
  }

  function arm(id: string, atMs: number): void {
    cancel(id);
    const alarm = clock.schedule(Math.max(0, atMs - clock.now()), () => {
      arm(id, clock.now() + HURRY_AGAIN_MS);
      queue.promote(id).catch(() => {});
    });
    alarms.set(id, { atMs, cancel: alarm });
  }

  return {
    wrap(inner) {
      const inHand = new Set<string>();
      hands.add(inHand);
      return {
        abandon() {
          hands.delete(inHand);
          for (const id of inHand) orphans.add(id);
        },
        async put(job, options) {
          const atMs = options?.notBeforeMs;
          if (atMs === undefined || atMs <= clock.now()) return inner.put(job);
          if (!alarms.has(job.id) && !isInHand(job.id)) arm(job.id, atMs);
          return inner.put(job, { notBeforeMs: clock.now() + FOR_NOW_MS });
        },
        promote: (id) => inner.promote(id),
        async remove(id) {
          const removed = await inner.remove(id);
          if (removed) cancel(id);
          return removed;
        },
        size: () => inner.size(),
        counts: () => inner.counts(),
        consume: (work, options) =>
          inner.consume(async (job, signal) => {
            cancel(job.id);
            orphans.delete(job.id);
            inHand.add(job.id);
            try {
              const verdict = await work(job, signal);
              if (verdict.type === 'done' || !hands.has(inHand)) return verdict;
              arm(job.id, clock.now() + verdict.afterMs);
              return { type: 'retry', afterMs: FOR_NOW_MS };
            } finally {
              inHand.delete(job.id);
            }
          }, options),
        close: () => inner.close(),
      };
    },
    orphans: () => orphans.size,
    dueWithin: (ms) =>
      [...hands].reduce((sum, hand) => sum + hand.size, 0) +
      [...alarms.values()].filter(({ atMs }) => atMs < clock.now() + ms).length,
    async close() {
      for (const id of alarms.keys()) cancel(id);
      await queue.close();
    },
  };
}
