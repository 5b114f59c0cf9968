import type { Clock } from './clock.js';

/** How often a timeout looks at the time. */
const TICK_MS = 50;
/** Time that passed unseen counts for this part of a timeout at most. */
const LONGEST_GAP = 1 / 4;

/**
 * How much of a timeout of `ms` has passed in `elapsedMs` between two looks. While a handler holds the event loop up nobody
 * reads what came meanwhile, and what was to be sent waits: such a gap says little about the far end.
 */
export const countedMs = (elapsedMs: number, ms: number): number =>
  Math.min(Math.max(0, elapsedMs), ms * LONGEST_GAP);

/** When a timeout with so much left looks at the time again. */
export const nextTickMs = (leftMs: number): number => Math.max(0, Math.min(TICK_MS, leftMs));

/**
 * Calls `run` once somebody else has had `ms` to answer: time in which the event loop was held up counts for little, and
 * what has come is read first. Returns the cancellation.
 */
export function scheduleTimeout(
  clock: Clock,
  ms: number,
  run: () => void,
  options?: { background?: boolean },
): () => void {
  let passedMs = 0;
  let cancel = (): void => {};
  const arm = (): void => {
    const armedAtMs = clock.now();
    const onTick = (): void => {
      passedMs += countedMs(clock.now() - armedAtMs, ms);
      if (passedMs >= ms) cancel = afterReading(run);
      else arm();
    };
    cancel = clock.schedule(nextTickMs(ms - passedMs), onTick, options);
  };
  arm();
  return () => cancel();
}

/** Calls `run` after the sockets were read once more. Returns the cancellation. */
export function afterReading(run: () => void): () => void {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}

/**
 * Calls `run` `ms` from now, however much of it the event loop was held up, but after what had come by then was read.
 * For what somebody else waits for. Returns the cancellation.
 */
export function scheduleAfterReading(clock: Clock, ms: number, run: () => void): () => void {
  let cancel = clock.schedule(ms, () => (cancel = afterReading(run)));
  return () => cancel();
}

/** Settles as `work` does, or rejects with what `onTimeout` makes where that takes too long. */
export function withTimeout<T>(
  clock: Clock,
  work: Promise<T>,
  ms: number,
  onTimeout: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = scheduleTimeout(clock, ms, () => reject(onTimeout()));
    work.then(resolve, reject).finally(cancel);
  });
}

/** Whether `work` settles in time, in whatever way. */
export async function settlesWithin(clock: Clock, work: Promise<unknown>, ms: number): Promise<boolean> {
  let cancel = (): void => {};
  const late = new Promise<boolean>((resolve) => {
    cancel = scheduleTimeout(clock, ms, () => resolve(false));
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, late]).finally(cancel);
}
