import type { Consumer } from '../../ports/deferred-queue.js';
import type { ActiveRun } from './run-deps.js';

/**
 * Leaves all that this process works on to other ones, or to the next start. No late work is begun from here on, and
 * what is under way may go on for `graceMs`.
 */
export async function handOffAll(
  runs: ReadonlyMap<string, ActiveRun>,
  consumer: Consumer | undefined,
  graceMs: number,
): Promise<void> {
  const drained = consumer?.stop(graceMs);
  await Promise.allSettled([...runs.values()].map((run) => run.handOff()));
  await drained;
}
