import type { Logger } from '../ports/logger.js';
import type { Push } from '../protocol/push.js';
import type { ApiFace } from './context.js';
import type { LoadedObserver } from './loaded.js';

/**
 * Shows a push to those who watch. Call it once the answer is under way: an observer that is slow before its first
 * `await` holds the process up like any code. What it throws or rejects with is reported, and nobody waits for it.
 */
export function runObservers(
  observers: readonly LoadedObserver[],
  push: Push,
  services: { readonly log: Logger; readonly api: ApiFace },
): void {
  for (const { name, module } of observers) {
    const log = services.log.child({ observer: name });
    const report = (error: unknown) => log.error({ err: error }, 'an observer threw');
    try {
      const result = module.observe({ push, user: push.user, api: services.api, log });
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }
}
