import type { Logger } from '../ports/logger.js';
import type { Push } from '../protocol/push/push.js';
import type { HandlerApi } from './context.js';
import type { ObserveContext, Observer, UndeliveredAnswer } from './define-observer.js';
import type { LoadedObserver } from './registry.js';

export interface ObserverServices {
  /** Name of the account. */
  readonly account: string;
  readonly log: Logger;
  readonly api: HandlerApi;
}

/**
 * Runs the observers of a push. Call it after the answer: an observer that is slow before its first `await` blocks the
 * process. Errors are logged, and nothing waits for the observers.
 */
export function runObservers(
  observers: readonly LoadedObserver[],
  push: Push,
  services: ObserverServices,
): void {
  runEach(observers, push, services, (observer, ctx) => observer.observe?.(ctx));
}

/** Tells the observers of a push about its dead letter. Otherwise like `runObservers`. */
export function tellUndelivered(
  observers: readonly LoadedObserver[],
  push: Push,
  letter: UndeliveredAnswer,
  services: ObserverServices,
): void {
  runEach(observers, push, services, (observer, ctx) => observer.undelivered?.(ctx, letter));
}

function runEach(
  observers: readonly LoadedObserver[],
  push: Push,
  { account, api, log }: ObserverServices,
  run: (observer: Observer, ctx: ObserveContext) => unknown,
): void {
  for (const { name, module } of observers) {
    const own = log.child({ observer: name });
    const report = (error: unknown) => own.error({ err: error }, 'observer failed: it threw');
    try {
      const result = run(module, { push, user: push.user, account, api, log: own });
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }
}
