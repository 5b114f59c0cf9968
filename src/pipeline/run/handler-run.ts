import type { Outcome } from '../../handler-runtime/run-handler.js';
import type { TextStream } from '../../handler-runtime/text-stream.js';
import type { Json } from '../../protocol/json.js';
import type { Push } from '../../protocol/push/push.js';
import { startTypingIndicator } from '../typing-indicator.js';
import type { Account } from '../account.js';
import { invokeLater, invokeHandle } from '../invoke-handler.js';
import type { RecordRef } from '../record/record-ref.js';
import { drainStream } from '../drain-stream.js';
import type { Ended } from './run-answer.js';
import type { RunDeps } from './run-deps.js';

/** A handler that takes longer is close to the deadline, so a warning names it. */
const SLOW_HANDLER_MS = 3_000;

/** Called when the handler starts a stream, and when it ends. */
export type OnHandler = (what: { readonly stream: TextStream } | { readonly ended: Ended }) => void;

/** Runs the handler of one push in this process, from start to end. */
export class HandlerRun {
  readonly #deps: RunDeps;
  readonly #account: Account;
  readonly #push: Push;
  readonly #name: RecordRef;
  readonly #onHandler: OnHandler;
  #handler: string | undefined;
  /** Rises with every start, so that the result of an earlier run, which lost its lease, is ignored. */
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

  /** The handler's name; '' if the push has none. */
  get name(): string {
    // If another process runs it, `start` was not called here.
    if (this.#handler === undefined) {
      const { name, choiceIds } = this.#account;
      this.#handler = this.#deps.router().route(this.#push, name, choiceIds)?.handler.name ?? '';
    }
    return this.#handler;
  }

  /** Runs `handle`. A result that is not a promise is reported synchronously. */
  start({ attempt, deadlineAtMs }: { readonly attempt: number; readonly deadlineAtMs: number }): void {
    this.#startedAtMs = this.#deps.clock.now();
    this.#starts += 1;
    this.#handler = '';
    const outcome = invokeHandle(this.#deps, this.#account, this.#push, {
      attempt,
      deadlineAtMs,
      signal: () => this.#signal,
      onRoute: (handler) => (this.#handler = handler),
    });
    if (outcome instanceof Promise) this.#follow(outcome, this.#starts);
    else this.#onOutcome(outcome, this.#starts);
  }

  /** Runs `later` at once. If it fails, the task is left for a worker. */
  startLater(task: Json): void {
    const { log } = this.#deps;
    const run = { handler: this.name, task, attempt: 1, signal: this.#signal };
    const outcome = invokeLater(this.#deps, this.#account, this.#push, run).then(
      (made): Outcome => made ?? { type: 'silent' },
      (error: unknown): Outcome => {
        log.warn(
          { err: error, pushId: this.#push.id, handler: this.name },
          'handler failed: its `later` threw, retry scheduled',
        );
        return { type: 'deferred', task };
      },
    );
    this.#follow(outcome, this.#starts);
  }

  /** Shows the user "is typing" while a stream goes on after the deadline. */
  startTyping(): void {
    if (this.#stream === undefined || this.#stopTyping !== undefined) return;
    this.#stopTyping = startTypingIndicator(this.#deps, this.#account, this.#push, this.#name, this.#stream);
  }

  abort(why: string): void {
    this.#stream?.abort();
    this.#abort?.abort(new Error(why));
  }

  /** Warns about a slow handler once: at its end, or just before the deadline if it is still running. */
  warnIfSlow(): void {
    if (this.#startedAtMs === undefined) return;
    const ms = this.#deps.clock.now() - this.#startedAtMs;
    if (ms < SLOW_HANDLER_MS) return;
    this.#startedAtMs = undefined;
    const about = { pushId: this.#push.id, handler: this.name, ms };
    this.#deps.log.warn(about, 'handler slow: the deadline is near');
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
    this.#deps.log.error(
      { err: error, pushId: this.#push.id, handler: this.name },
      'handler failed: it threw',
    );
    this.#end({ type: 'threw', error });
  }

  #end(ended: Ended): void {
    this.warnIfSlow();
    this.#onHandler({ ended });
  }
}
