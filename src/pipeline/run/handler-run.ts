import type { Outcome } from '../../handler-runtime/run-handler.js';
import type { TextStream } from '../../handler-runtime/text-stream.js';
import type { Json } from '../../protocol/json.js';
import type { Push } from '../../protocol/push.js';
import { startTypingIndicator } from '../typing-indicator.js';
import type { Account } from '../account.js';
import { invokeLater, invokeHandle } from '../invoke-handler.js';
import type { RecordRef } from '../record/record-ref.js';
import { drainStream } from '../drain-stream.js';
import type { Ended } from './run-answer.js';
import type { RunDeps } from './run-deps.js';

/** A handler that takes longer is named in the log: it is close to the deadline. */
const SLOW_HANDLER_MS = 3_000;

/** Told of what the handler does: it began to write an answer, or it ended. */
export type OnHandler = (what: { readonly stream: TextStream } | { readonly ended: Ended }) => void;

/** The handler of one push at work in this process, from its start to its end. */
export class HandlerRun {
  readonly #deps: RunDeps;
  readonly #account: Account;
  readonly #push: Push;
  readonly #name: RecordRef;
  readonly #onHandler: OnHandler;
  #handler: string | undefined;
  /** Rises with every start: what an earlier run of the handler makes was lost with its lease. */
  #starts = 0;
  #startedAtMs: number | undefined;
  #stream: TextStream | undefined;
  #abort: AbortController | undefined;
  #stopTyping: (() => void) | undefined;

  constructor(deps: RunDeps, account: Account, push: Push, name: RecordRef, onHandler: OnHandler) {
    this.#deps = deps;
    this.#account = account;
    this.#push = push;
    this.#name = name;
    this.#onHandler = onHandler;
  }

  /** The handler's name; '' where the push has none. */
  get name(): string {
    // Where another process runs it, its start did not tell.
    return (this.#handler ??= this.#deps.router().route(this.#push)?.handler.name ?? '');
  }

  /** Runs `handle`. An outcome without a promise is told of at once. */
  start(run: { readonly attempt: number; readonly deadlineAtMs: number }): void {
    this.#startedAtMs = this.#deps.clock.now();
    this.#starts += 1;
    this.#handler = '';
    const outcome = invokeHandle(this.#deps, this.#account, this.#push, {
      ...run,
      signal: () => this.#signal,
      onRoute: (handler) => (this.#handler = handler),
    });
    if (outcome instanceof Promise) this.#follow(outcome, this.#starts);
    else this.#onOutcome(outcome, this.#starts);
  }

  /** Runs `later` at once. Where it fails, the task is left for a worker. */
  startLater(task: Json): void {
    const { log } = this.#deps;
    const run = { handler: this.name, task, attempt: 1, signal: this.#signal };
    const outcome = invokeLater(this.#deps, this.#account, this.#push, run).then(
      (made): Outcome => made ?? { type: 'silent' },
      (error: unknown): Outcome => {
        log.warn({ err: error, pushId: this.#push.id, handler: this.name }, 'retry: a `later` threw');
        return { type: 'deferred', task };
      },
    );
    this.#follow(outcome, this.#starts);
  }

  /** While a long answer is being written after its deadline, its user sees that somebody types. */
  startTyping(): void {
    if (this.#stream === undefined || this.#stopTyping !== undefined) return;
    this.#stopTyping = startTypingIndicator(this.#deps, this.#account, this.#push, this.#name, this.#stream);
  }

  abort(why: string): void {
    this.#stream?.abort();
    this.#abort?.abort(new Error(why));
  }

  /** Names a slow handler once: at its end, or before the deadline where it does not come to one. */
  warnIfSlow(): void {
    if (this.#startedAtMs === undefined) return;
    const ms = this.#deps.clock.now() - this.#startedAtMs;
    if (ms < SLOW_HANDLER_MS) return;
    this.#startedAtMs = undefined;
    const about = { pushId: this.#push.id, handler: this.name, ms };
    this.#deps.log.warn(about, 'a handler is slow: the deadline is near');
  }

  get #signal(): AbortSignal {
    return (this.#abort ??= new AbortController()).signal;
  }

  #follow(outcome: Promise<Outcome>, start: number): void {
    outcome.then(
      (made) => this.#onOutcome(made, start),
      (error: unknown) => this.#onThrow(error, start),
    );
  }

  #onOutcome(outcome: Outcome, start: number): void {
    if (start !== this.#starts) return;
    if (outcome.type !== 'streaming') return this.#end(outcome);
    this.#stream = outcome.stream;
    this.#onHandler({ stream: outcome.stream });
    void drainStream(outcome.stream, this.#deps.log, this.#push.id).then((end) => {
      this.#stopTyping?.();
      if (end.type === 'broken') this.#onThrow(end.error, start);
      else this.#onOutcome(end, start);
    });
  }

  #onThrow(error: unknown, start: number): void {
    if (start !== this.#starts) return;
    this.#deps.log.error({ err: error, pushId: this.#push.id, handler: this.name }, 'a handler threw');
    this.#end({ type: 'threw', error });
  }

  #end(ended: Ended): void {
    this.warnIfSlow();
    this.#onHandler({ ended });
  }
}
