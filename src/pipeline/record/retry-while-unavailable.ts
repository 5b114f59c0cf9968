import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { StoreUnavailable } from '../../ports/state-store.js';

const RETRY_INTERVAL_MS = 500;

/**
 * Does a step for as long as the store cannot be reached: what was said to WeChat or taken by it has to be noted.
 * Other errors pass, and so does the store's once `signal` has fired.
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
        log.warn({ err: error, pushId }, 'the record of a push cannot be changed yet; it is tried again');
      await new Promise<void>((resume) => {
        clock.schedule(RETRY_INTERVAL_MS, resume, { background: true });
      });
    }
  }
}
