import type { Logger } from '../ports/logger.js';
import type { Push } from '../protocol/push.js';
import type { HandlerApi } from './context.js';
import type { ObserveContext, Observer, UndeliveredAnswer } from './define-observer.js';
import type { LoadedObserver } from './registry.js';

export interface ObserverServices {
  readonly log: Logger;
  readonly api: HandlerApi;
}

/**
 * Shows a push to those who watch. Call it once the answer is under way: an observer that is slow before its first
 * `await` holds the process up like any code. What it throws or rejects with is reported, and nobody waits for it.
 */
export function runObservers(
  observers: readonly LoadedObserver[],
  push: Push,
  services: ObserverServices,
): void {
  runEach(observers, push, services, (observer, ctx) => observer.observe?.(ctx));
}

/** Tells those who watch that an answer to the push reached nobody. As `runObservers` otherwise. */
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
  { api, log }: ObserverServices,
  run: (observer: Observer, ctx: ObserveContext) => unknown,
): void {
  for (const { name, module } of observers) {
    const own = log.child({ observer: name });
    const report = (error: unknown) => own.error({ err: error }, 'an observer threw');
    try {
      const result = run(module, { push, user: push.user, api, log: own });
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }
}
