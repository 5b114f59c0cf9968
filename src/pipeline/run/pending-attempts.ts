import type { Clock } from '../../ports/clock.js';
import type { OrderedTimers } from '../../ports/ordered-timers.js';

/** The response to an attempt of WeChat's. */
export type AttemptResponse =
  | { readonly type: 'reply'; readonly xml: string }
  | { readonly type: 'success' }
  /** No response: the attempt stays open until WeChat closes it and retries. */
  | { readonly type: 'held' }
  /** An empty 503: nothing could be stored, so WeChat must retry. */
  | { readonly type: 'unavailable' };

/** A final response: every attempt of the push gets it, now and later. */
export type SettledResponse = Extract<AttemptResponse, { type: 'reply' | 'success' }>;

export const SUCCESS: SettledResponse = { type: 'success' };
const UNAVAILABLE: AttemptResponse = { type: 'unavailable' };
const HELD: AttemptResponse = { type: 'held' };

/** WeChat makes three attempts, and gives each up after five seconds. Source: 接收普通消息, measured by others. */
export const WECHAT_MAX_ATTEMPTS = 3;
export const WECHAT_TIMEOUT_MS = 5_000;
/** All attempts of a push arrive within this time, counted from the first one. */
export const ATTEMPTS_WINDOW_MS = 16_000;

/** An attempt that waits for its response. */
export interface Attempt {
  /** Arrival of its first byte. */
  readonly receivedAtMs: number;
  readonly deadlineAtMs: number;
  /** Probably the last attempt that WeChat makes, so it must get a response. */
  readonly isLast: boolean;
}

/**
 * Holds the attempts of one push that wait in this process. They all get the same response, and the first final one
 * stays. One timer serves them: it fires when the job must be written, and again at the deadline of the earliest
 * attempt.
 */
export class PendingAttempts {
  #pending: { readonly receivedAtMs: number; readonly resolve: (verdict: AttemptResponse) => void }[] = [];
  #settled: SettledResponse | undefined;
  #cancelTimer: (() => void) | undefined;
  #deadlineAtMs = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #timers: OrderedTimers;
  readonly #jobWriteLeadMs: number;
  readonly #onTime: (what: 'jobWriteDue' | 'deadlinePassed') => void;

  constructor(
    clock: Clock,
    timers: OrderedTimers,
    jobWriteLeadMs: number,
    onTime: (what: 'jobWriteDue' | 'deadlinePassed') => void,
  ) {
    this.#clock = clock;
    this.#timers = timers;
    this.#jobWriteLeadMs = jobWriteLeadMs;
    this.#onTime = onTime;
  }

  /** The deadline of the earliest attempt that waits, or of the last that did. */
  get deadlineAtMs(): number {
    return this.#deadlineAtMs;
  }

  /** Returns the final response if there is one, else a promise of a response. */
  join({ receivedAtMs, deadlineAtMs }: Attempt): AttemptResponse | Promise<AttemptResponse> {
    if (this.#settled !== undefined) return this.#settled;
    // An attempt with a slow body joins later, but its deadline may be earlier.
    if (this.#cancelTimer === undefined || deadlineAtMs < this.#deadlineAtMs) {
      this.#cancelTimer?.();
      this.#deadlineAtMs = deadlineAtMs;
      this.#cancelTimer = this.#arm(deadlineAtMs);
    }
    return new Promise((resolve) => this.#pending.push({ receivedAtMs, resolve }));
  }

  /** Gives the final response to all attempts, now and later. Returns when those came that were waiting for it. */
  settle(settled: SettledResponse): readonly number[] {
    if (this.#settled !== undefined) return [];
    this.#settled = settled;
    return this.#respond(settled);
  }

  /** Answers 503 to the waiting attempts; WeChat retries, and the retry joins the run as it is then. Returns as `settle`. */
  failUnavailable(): readonly number[] {
    return this.#respond(UNAVAILABLE);
  }

  /** Leaves the waiting attempts without a response; WeChat retries, and the retry joins the run as it is then. Returns as `settle`. */
  leaveUnanswered(): readonly number[] {
    return this.#respond(HELD);
  }

  #respond(response: AttemptResponse): readonly number[] {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const pending = this.#pending;
    this.#pending = [];
    for (const { resolve } of pending) resolve(response);
    return pending.map(({ receivedAtMs }) => receivedAtMs);
  }

  #arm(deadlineAtMs: number): () => void {
    // Nearly all attempts are answered before the job is due, so the first timer uses the cheap shared queue.
    return this.#timers.schedule(deadlineAtMs - this.#jobWriteLeadMs, () => {
      this.#cancelTimer = this.#clock.schedule(Math.max(0, deadlineAtMs - this.#clock.now()), () =>
        this.#onTime('deadlinePassed'),
      );
      this.#onTime('jobWriteDue');
    });
  }
}
