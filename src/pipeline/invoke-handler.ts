import type { MediaKind } from '../api/media/limits.js';
import type { FileSource } from '../api/media/media-cache.js';
import {
  runHandle,
  runLater,
  type HandlerApi,
  type DeadlineView,
  type LateServices,
  type Outcome,
  type RunServices,
} from '../handler-runtime/run-handler.js';
import type { Router } from '../handler-runtime/router.js';
import { runObservers } from '../handler-runtime/run-observers.js';
import { createSession, type SessionStore } from '../handler-runtime/session.js';
import type { Clock } from '../ports/clock.js';
import type { Events } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';
import type { SendQuota, StateStore } from '../ports/state-store.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Json } from '../protocol/json.js';
import type { Push } from '../protocol/push.js';
import type { Account } from './account.js';
import { readSendQuota, sendNow } from './send-now.js';

export interface HandleDeps {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Events;
  readonly router: () => Router;
}

const SILENT: Outcome = { type: 'silent' };

/** Finds the handler of a push and runs it. No handler: silence. Throws or rejects with what the handler threw. */
export function invokeHandle(
  deps: HandleDeps,
  account: Account,
  push: Push,
  run: {
    attempt: number;
    deadlineAtMs: number;
    signal: () => AbortSignal;
    onRoute: (handler: string) => void;
  },
): Outcome | Promise<Outcome> {
  const route = deps.router().route(push);
  if (route === undefined) return SILENT;
  const { name } = route.handler;
  run.onRoute(name);
  return timed(deps, account, name, () =>
    runHandle(route, push, new LazyRunServices(deps, account, push, run)),
  );
}

/** What was thrown may be anything: a proxy, say, that throws when it is looked at. */
function nameOf(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return typeof thrown;
    const { name }: { readonly name: unknown } = thrown;
    return String(name);
  } catch {
    return 'unreadable';
  }
}

/** Reports how long a handler ran, and how it ended. */
function timed(
  { clock, events }: HandleDeps,
  { name: account }: Account,
  handler: string,
  run: () => Outcome | Promise<Outcome>,
): Outcome | Promise<Outcome> {
  const startMs = clock.now();
  const ended = (error?: unknown): void => {
    const ms = clock.now() - startMs;
    const how =
      error === undefined
        ? ({ result: 'ok' } as const)
        : ({ result: 'threw', error: nameOf(error) } as const);
    events.emit({ type: 'handler.ended', account, handler, ms, ...how });
  };
  const outcome = run();
  if (!(outcome instanceof Promise)) {
    ended();
    return outcome;
  }
  outcome.then(
    () => ended(),
    (error: unknown) => ended(error ?? new Error('nothing was thrown')),
  );
  return outcome;
}

/**
 * Finishes a push after its deadline: `later` where there is a task, `handle` once more where there is none.
 * `undefined`: no handler here can do it.
 */
export async function invokeLater(
  deps: HandleDeps,
  account: Account,
  push: Push,
  run: { handler: string; task?: Json; attempt: number; signal: AbortSignal },
): Promise<Outcome | undefined> {
  const services = new LazyRunServices(deps, account, push, {
    attempt: run.attempt,
    deadlineAtMs: deps.clock.now(),
    signal: () => run.signal,
  });
  if (run.task === undefined) {
    const route = deps.router().route(push);
    if (route === undefined) return undefined;
    return timed(deps, account, route.handler.name, () => runHandle(route, push, services));
  }
  const handler = deps.router().byName(run.handler);
  if (handler?.module.later === undefined) return undefined;
  const { task } = run;
  return timed(deps, account, handler.name, () =>
    runLater(handler, push, task, services satisfies LateServices),
  );
}

/** Shows the push to those who watch, once its answer is under way. */
export function notifyObservers({ log, router }: HandleDeps, account: Account, push: Push): void {
  const observers = router().observers(push);
  if (observers.length === 0) return;
  setImmediate(() => {
    runObservers(observers, push, { log: log.child({ pushId: push.id }), api: account.api });
  });
}

/** What a handler is handed, made when it is touched: most handlers touch two or three things. */
class LazyRunServices implements RunServices {
  readonly #deps: HandleDeps;
  readonly #account: Account;
  readonly #push: Push;
  readonly #run: { attempt: number; deadlineAtMs: number; signal: () => AbortSignal };
  #deadline: DeadlineView | undefined;

  constructor(
    deps: HandleDeps,
    account: Account,
    push: Push,
    run: { attempt: number; deadlineAtMs: number; signal: () => AbortSignal },
  ) {
    this.#deps = deps;
    this.#account = account;
    this.#push = push;
    this.#run = run;
  }

  get log(): Logger {
    return this.#deps.log.child({ pushId: this.#push.id, user: this.#push.user });
  }
  get deadline(): DeadlineView {
    return (this.#deadline ??= createDeadline(this.#deps.clock, this.#run.deadlineAtMs));
  }
  get signal(): AbortSignal {
    return this.#run.signal();
  }
  get attempt(): number {
    return this.#run.attempt;
  }
  get session(): SessionStore {
    return createSession(this.#deps, this.#account.appId, this.#push.user);
  }
  get api(): HandlerApi {
    return this.#account.api;
  }
  send(message: CustomerServiceMessage): Promise<void> {
    return sendNow(this.#deps, this.#account, this.#push, message);
  }
  upload(kind: MediaKind, source: FileSource): Promise<string> {
    return this.#account.mediaCache.of(kind, source, { signal: this.signal });
  }
  window(): Promise<SendQuota> {
    return readSendQuota(this.#deps, this.#account, this.#push);
  }
}

function createDeadline(clock: Clock, atMs: number): DeadlineView {
  let controller: AbortController | undefined;
  return {
    at: new Date(atMs),
    remainingMs: () => Math.max(0, atMs - clock.now()),
    get signal() {
      if (controller === undefined) {
        const closing = (controller = new AbortController());
        clock.schedule(
          Math.max(0, atMs - clock.now()),
          () => closing.abort(new Error('the passive window closed')),
          {
            background: true,
          },
        );
      }
      return controller.signal;
    },
  };
}
