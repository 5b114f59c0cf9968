import type { Consumer } from '../../ports/deferred-queue.js';
import type { RunDeps } from './run-deps.js';

/**
 * Hands the work of this process to other processes, or to the next start. No new job is taken; jobs in progress have
 * `graceMs` to finish.
 */
export async function handOffAll(
  { activeRuns, settling }: Pick<RunDeps, 'activeRuns' | 'settling'>,
  consumer: Consumer | undefined,
  graceMs: number,
): Promise<void> {
  const drained = consumer?.stop(graceMs);
  await Promise.allSettled([...activeRuns.values()].map((run) => run.handOff()));
  await Promise.allSettled(settling);
  await drained;
}
