import type { Clock } from '../ports/clock.js';

/** What a try of WeChat's is told. */
export type Verdict =
  | { readonly type: 'reply'; readonly xml: string }
  | { readonly type: 'success' }
  /** Nothing at all: the try is held until WeChat hangs up and tries again. */
  | { readonly type: 'held' }
  /** Nothing could be stored: an empty 503, so that WeChat tries again. */
  | { readonly type: 'unavailable' };

/** What settles a push: every try hears it, now and later. */
export type FinalVerdict = Extract<Verdict, { type: 'reply' | 'success' }>;

export const SUCCESS: FinalVerdict = { type: 'success' };
const UNAVAILABLE: Verdict = { type: 'unavailable' };
const HELD: Verdict = { type: 'held' };

/** WeChat makes three tries, each of which it gives up after five seconds. Source: 接收普通消息, measured by others. */
export const TRIES = 3;
export const TRY_LASTS_MS = 5_000;
/** All tries of a push have come by then, counted from the first one. */
export const TRIES_LAST_MS = 16_000;

/** One try, as it waits. */
export interface Try {
  readonly deadlineAtMs: number;
  /** WeChat will make no further one, as far as we know: this one must hear something. */
  readonly isLast: boolean;
}

/** Who hears that time runs out. */
export interface TriesListener {
  onLeaseTime(deadlineAtMs: number): void;
  onDeadline(): void;
}

/**
 * The tries of one push that wait in this process. They all hear the same verdict, and the first final one is the
 * only one. One timer serves them: first for the moment at which the job must be written ahead, then for the deadline
 * of the earliest try.
 */
export class Tries {
  #waiting: ((verdict: Verdict) => void)[] = [];
  #lastOnes = 0;
  #isClosed = false;
  #onIdle: (() => void)[] = [];
  #final: FinalVerdict | undefined;
  #cancelTimer: (() => void) | undefined;
  #armedForMs = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #leaseAheadMs: number;
  readonly #listener: TriesListener;

  constructor(clock: Clock, leaseAheadMs: number, listener: TriesListener) {
    this.#clock = clock;
    this.#leaseAheadMs = leaseAheadMs;
    this.#listener = listener;
  }

  get verdict(): FinalVerdict | undefined {
    return this.#final;
  }

  /** Somebody would hear an answer now. */
  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** One of those that wait is the last that WeChat makes. */
  get haveLast(): boolean {
    return this.#lastOnes > 0;
  }

  /** The verdict if there is one, else a promise of it. */
  join({ deadlineAtMs, isLast }: Try): Verdict | Promise<Verdict> {
    if (this.#final !== undefined) return this.#final;
    if (this.#isClosed) return UNAVAILABLE;
    // A try whose body came slowly may be the later one to join and the earlier one to need an answer.
    if (this.#cancelTimer === undefined || deadlineAtMs < this.#armedForMs) {
      this.#cancelTimer?.();
      this.#armedForMs = deadlineAtMs;
      this.#cancelTimer = this.#arm(deadlineAtMs);
    }
    if (isLast) this.#lastOnes += 1;
    return new Promise((hear) => this.#waiting.push(hear));
  }

  /** Says the final verdict to all tries, now and later. */
  speak(verdict: FinalVerdict): void {
    if (this.#final !== undefined) return;
    this.#final = verdict;
    this.#tell(verdict);
  }

  /** Sends those that wait away with a 503. Their retry finds the run as it is then. */
  turnAway(): void {
    this.#tell(UNAVAILABLE);
  }

  /** The same for those that come from now on. */
  close(): void {
    this.#isClosed = true;
    this.turnAway();
  }

  /** Resolves once nobody waits here, which each one's deadline sees to. */
  async idle(): Promise<void> {
    if (this.areWaiting) await new Promise<void>((resume) => this.#onIdle.push(resume));
  }

  /** Leaves those that wait without an answer. Their retry finds the run as it is then. */
  hold(): void {
    this.#tell(HELD);
  }

  #tell(verdict: Verdict): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#lastOnes = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const hear of waiting) hear(verdict);
    for (const resume of this.#onIdle.splice(0)) resume();
  }

  #arm(deadlineAtMs: number): () => void {
    const now = this.#clock.now();
    return this.#clock.schedule(Math.max(0, deadlineAtMs - this.#leaseAheadMs - now), () => {
      this.#cancelTimer = this.#clock.schedule(Math.max(0, deadlineAtMs - this.#clock.now()), () =>
        this.#listener.onDeadline(),
      );
      this.#listener.onLeaseTime(deadlineAtMs);
    });
  }
}
