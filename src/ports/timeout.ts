import type { Clock } from './clock.js';

/** Interval at which a timeout reads the time. */
const TICK_MS = 50;
/** A gap between two readings counts for this part of a timeout at most. */
const LONGEST_GAP = 1 / 4;

/**
 * Returns the part of `elapsedMs`, between two readings, that counts against a timeout of `ms`. While a handler blocks
 * the event loop, nothing is read or sent, so a long gap says little about the other side.
 */
export const countedMs = (elapsedMs: number, ms: number): number =>
  Math.min(Math.max(0, elapsedMs), ms * LONGEST_GAP);

/** Returns the delay until the next reading of the time. */
export const nextTickMs = (leftMs: number): number => Math.max(0, Math.min(TICK_MS, leftMs));

/**
 * Calls `run` after another system has had `ms` to answer. Time in which the event loop was blocked counts for little,
 * and received data is read first. Returns the cancellation.
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

/** Calls `run` after the sockets have been read once more. Returns the cancellation. */
export function afterReading(run: () => void): () => void {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}

/**
 * Calls `run` in `ms`, even if the event loop was blocked, but after received data is read. For deadlines of others.
 * Returns the cancellation.
 */
export function scheduleAfterReading(clock: Clock, ms: number, run: () => void): () => void {
  let cancel = clock.schedule(ms, () => (cancel = afterReading(run)));
  return () => cancel();
}

/** Settles as `work` does, or rejects with the error from `onTimeout` after `ms`. */
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

/** Resolves with true once `work` settles (either way), or with false after `ms`. */
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
