import type { MediaKind } from '../api/media/limits.js';
import type { FileSource } from '../api/media/media-cache.js';
import type { AskBackend } from '../handler-runtime/forward/backend.js';
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
import type { Push } from '../protocol/push/push.js';
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

/** Finds the handler of a push and runs it; without one, the outcome is silent. Errors of the handler propagate. */
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
  const route = deps.router().route(push, account.name, account.choiceIds);
  if (route === undefined) return SILENT;
  const { name } = route.handler;
  run.onRoute(name);
  const startMs = deps.clock.now();
  const outcome = runHandle(route, push, new LazyRunServices(deps, account, push, run));
  return reported(deps, account, name, startMs, outcome);
}

/** Returns the name of a thrown value, which may be anything: even a proxy that throws when it is read. */
function nameOf(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return typeof thrown;
    const { name }: { readonly name: unknown } = thrown;
    return String(name);
  } catch {
    return 'unreadable';
  }
}

/** Emits `handler.ended` with the duration and the result. */
function reported(
  deps: HandleDeps,
  account: Account,
  handler: string,
  startMs: number,
  outcome: Outcome | Promise<Outcome>,
): Outcome | Promise<Outcome> {
  if (outcome instanceof Promise)
    outcome.then(
      () => reportEnd(deps, account, handler, startMs),
      (error: unknown) =>
        reportEnd(deps, account, handler, startMs, error ?? new Error('nothing was thrown')),
    );
  else reportEnd(deps, account, handler, startMs);
  return outcome;
}

function reportEnd(
  { clock, events }: HandleDeps,
  { name: account }: Account,
  handler: string,
  startMs: number,
  error?: unknown,
): void {
  const ms = clock.now() - startMs;
  const type = 'handler.ended';
  if (error === undefined) events.emit({ type, account, handler, ms, result: 'ok' });
  else events.emit({ type, account, handler, ms, result: 'threw', error: nameOf(error) });
}

/**
 * Finishes a push after its deadline: runs `later` if there is a task, else `handle` once more. Returns `undefined` if this
 * process has no such handler.
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
    const route = deps.router().route(push, account.name, account.choiceIds);
    if (route === undefined) return undefined;
    const startMs = deps.clock.now();
    return reported(deps, account, route.handler.name, startMs, runHandle(route, push, services));
  }
  const handler = deps.router().byName(run.handler);
  if (handler?.module.later === undefined) return undefined;
  const { task } = run;
  const startMs = deps.clock.now();
  const outcome = runLater(handler, push, task, services satisfies LateServices);
  return reported(deps, account, handler.name, startMs, outcome);
}

/** Runs the observers of a push, after the current turn of the event loop, so that they do not delay the answer. */
export function notifyObservers({ log, router }: HandleDeps, account: Account, push: Push): void {
  const observers = router().observers(push, account.name);
  if (observers.length === 0) return;
  setImmediate(() => {
    const { name, api } = account;
    runObservers(observers, push, { account: name, log: log.child({ pushId: push.id }), api });
  });
}

/** Creates each service of a run on first use: most handlers use two or three. */
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

  get account(): string {
    return this.#account.name;
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
  get askBackend(): AskBackend {
    return this.#account.askBackend(this.#push);
  }
  get session(): SessionStore {
    return createSession(this.#deps, this.#account.appId, this.#push.user);
  }
  get api(): HandlerApi {
    return this.#account.api;
  }
  signChoice(handler: string, id: string, validForMs: number): string {
    const choice = { handler, id, user: this.#push.user };
    return this.#account.choiceIds.sign(choice, this.#deps.clock.now() + validForMs);
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
