import type { Clock } from './clock.js';

/** Resolves after `ms`. A `background` sleep does not keep the process alive. */
export function sleep(
  clock: Pick<Clock, 'schedule'>,
  ms: number,
  options?: { background?: boolean },
): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve, options);
  });
}
