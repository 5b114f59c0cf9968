import type { Clock } from '../../ports/clock.js';

/** What a try of WeChat's is told. */
export type AttemptResponse =
  | { readonly type: 'reply'; readonly xml: string }
  | { readonly type: 'success' }
  /** Nothing at all: the try is held until WeChat hangs up and tries again. */
  | { readonly type: 'held' }
  /** Nothing could be stored: an empty 503, so that WeChat tries again. */
  | { readonly type: 'unavailable' };

/** What settles a push: every try hears it, now and later. */
export type SettledResponse = Extract<AttemptResponse, { type: 'reply' | 'success' }>;

export const SUCCESS: SettledResponse = { type: 'success' };
const UNAVAILABLE: AttemptResponse = { type: 'unavailable' };
const HELD: AttemptResponse = { type: 'held' };

/** WeChat makes three tries, each of which it gives up after five seconds. Source: 接收普通消息, measured by others. */
export const WECHAT_MAX_ATTEMPTS = 3;
export const WECHAT_TIMEOUT_MS = 5_000;
/** All tries of a push have come by then, counted from the first one. */
export const ATTEMPTS_WINDOW_MS = 16_000;

/** One try, as it waits. */
export interface Attempt {
  readonly deadlineAtMs: number;
  /** WeChat will make no further one, as far as we know: this one must hear something. */
  readonly isLast: boolean;
}

/**
 * The tries of one push that wait in this process. They all hear the same verdict, and the first final one is the
 * only one. One timer serves them: first for the moment at which the job must be written ahead, then for the deadline
 * of the earliest try.
 */
export class PendingAttempts {
  #pending: ((verdict: AttemptResponse) => void)[] = [];
  #settled: SettledResponse | undefined;
  #cancelTimer: (() => void) | undefined;
  #deadlineAtMs = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #jobWriteLeadMs: number;
  readonly #onTime: (what: 'jobWriteDue' | 'deadlinePassed') => void;

  constructor(
    clock: Clock,
    jobWriteLeadMs: number,
    onTime: (what: 'jobWriteDue' | 'deadlinePassed') => void,
  ) {
    this.#clock = clock;
    this.#jobWriteLeadMs = jobWriteLeadMs;
    this.#onTime = onTime;
  }

  /** Of the earliest try that waits, or waited last. */
  get deadlineAtMs(): number {
    return this.#deadlineAtMs;
  }

  /** The verdict if there is one, else a promise of it. */
  join({ deadlineAtMs }: Attempt): AttemptResponse | Promise<AttemptResponse> {
    if (this.#settled !== undefined) return this.#settled;
    // A try whose body came slowly may be the later one to join and the earlier one to need an answer.
    if (this.#cancelTimer === undefined || deadlineAtMs < this.#deadlineAtMs) {
      this.#cancelTimer?.();
      this.#deadlineAtMs = deadlineAtMs;
      this.#cancelTimer = this.#arm(deadlineAtMs);
    }
    return new Promise((resolve) => this.#pending.push(resolve));
  }

  /** Says the final verdict to all tries, now and later. */
  settle(settled: SettledResponse): void {
    if (this.#settled !== undefined) return;
    this.#settled = settled;
    this.#respond(settled);
  }

  /** Sends those that wait away with a 503. Their retry finds the run as it is then. */
  failUnavailable(): void {
    this.#respond(UNAVAILABLE);
  }

  /** Leaves those that wait without an answer. Their retry finds the run as it is then. */
  leaveUnanswered(): void {
    this.#respond(HELD);
  }

  #respond(settled: AttemptResponse): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const pending = this.#pending;
    this.#pending = [];
    for (const resolve of pending) resolve(settled);
  }

  #arm(deadlineAtMs: number): () => void {
    const now = this.#clock.now();
    return this.#clock.schedule(Math.max(0, deadlineAtMs - this.#jobWriteLeadMs - now), () => {
      this.#cancelTimer = this.#clock.schedule(Math.max(0, deadlineAtMs - this.#clock.now()), () =>
        this.#onTime('deadlinePassed'),
      );
      this.#onTime('jobWriteDue');
    });
  }
}
