import type { Clock } from '../ports/clock.js';

/** What a try of WeChat's is told. */
export type Verdict =
  | { readonly type: 'reply'; readonly xml: string }
  | { readonly type: 'success' }
  /** Nothing could be stored: an empty 503, so that WeChat tries again. */
  | { readonly type: 'unavailable' };

export const SUCCESS: Verdict = { type: 'success' };
const UNAVAILABLE: Verdict = { type: 'unavailable' };

/** Who hears that time runs out. */
export interface TriesListener {
  onLeaseTime(deadlineAtMs: number): void;
  onDeadline(): void;
}

/**
 * The tries of one push that wait in this process. They all hear the same verdict, and the first one spoken is
 * final. One timer serves them: first for the moment at which the job must be written ahead, then for the deadline
 * of the earliest try.
 */
export class Tries {
  #waiting: ((verdict: Verdict) => void)[] = [];
  #final: Verdict | undefined;
  #cancelTimer: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #leaseAheadMs: number;
  readonly #listener: TriesListener;

  constructor(clock: Clock, leaseAheadMs: number, listener: TriesListener) {
    this.#clock = clock;
    this.#leaseAheadMs = leaseAheadMs;
    this.#listener = listener;
  }

  get verdict(): Verdict | undefined {
    return this.#final;
  }

  /** The verdict if there is one, else a promise of it. */
  join(deadlineAtMs: number): Verdict | Promise<Verdict> {
    if (this.#final !== undefined) return this.#final;
    this.#cancelTimer ??= this.#arm(deadlineAtMs);
    return new Promise((hear) => this.#waiting.push(hear));
  }

  /** Says the final verdict to all tries, now and later. */
  speak(verdict: Verdict): void {
    if (this.#final !== undefined) return;
    this.#final = verdict;
    this.#tell(verdict);
  }

  /** Sends those that wait away with a 503. Their retry finds the run as it is then. */
  turnAway(): void {
    this.#tell(UNAVAILABLE);
  }

  #tell(verdict: Verdict): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const hear of waiting) hear(verdict);
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
