import type { Clock } from '../ports/clock.js';

const SLOTS = 30;

/**
 * Counts events within the last `windowMs`, in 30 slots: memory is constant, and an event is forgotten at most a
 * thirtieth of the window late.
 */
export class SlidingCount {
  readonly #slots = new Float64Array(SLOTS);
  readonly #slotMs: number;
  readonly #clock: Clock;
  #newest = 0;

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#slotMs = windowMs / SLOTS;
  }

  add(count = 1): void {
    const at = this.#advance();
    this.#slots[at] = (this.#slots[at] ?? 0) + count;
  }

  total(): number {
    this.#advance();
    return this.#slots.reduce((sum, count) => sum + count, 0);
  }

  /** Clears the slots that have passed since the last call. Returns the index of the current one. */
  #advance(): number {
    const present = Math.floor(this.#clock.now() / this.#slotMs);
    const passed = Math.min(SLOTS, Math.max(0, present - this.#newest));
    for (let step = 1; step <= passed; step += 1) this.#slots[(this.#newest + step) % SLOTS] = 0;
    if (passed === SLOTS) this.#slots.fill(0);
    this.#newest = Math.max(this.#newest, present);
    return this.#newest % SLOTS;
  }
}
