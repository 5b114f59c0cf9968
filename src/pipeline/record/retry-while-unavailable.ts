import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { sleep } from '../../ports/sleep.js';
import { StoreUnavailable } from '../../ports/state-store.js';

const RETRY_INTERVAL_MS = 500;

/**
 * Retries `step` every 500 ms while the store is unavailable. Used after WeChat has seen an outcome, which must then be
 * recorded. Other errors propagate; so does `StoreUnavailable` once `signal` has aborted.
 */
export async function retryWhileUnavailable<T>(
  { clock, log }: { clock: Clock; log: Logger },
  pushId: string,
  step: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || signal?.aborted === true) throw error;
      if (tries === 1)
        log.warn(
          { err: error, pushId },
          'store unavailable: the record of a push cannot be changed, retry scheduled',
        );
      await sleep(clock, RETRY_INTERVAL_MS, { background: true });
    }
  }
}
