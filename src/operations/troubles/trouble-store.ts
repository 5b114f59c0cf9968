import type { Clock } from '../../ports/clock.js';
import type { StateStore } from '../../ports/state-store.js';
import type { Trouble } from './trouble.js';

/** Limit of stored troubles, the newest stay. Each is kept for a week: WeChat can look up a rid for as long. */
export const MAX_TROUBLES = 500;
const TTL_MS = 7 * 24 * 3_600_000;
const NUMBER = 'troubles:number';
const MAX_SWAPS = 16;

/** A trouble that has no id yet. */
export type NewTrouble = Omit<Trouble, 'id'>;

/** Keeps the newest troubles in the shared store, as a ring of values. @throws StoreUnavailable */
export class TroubleStore {
  readonly #store: Pick<StateStore, 'get' | 'compareAndSet'>;
  readonly #clock: Clock;

  constructor(store: Pick<StateStore, 'get' | 'compareAndSet'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Adds a trouble and returns its id. `undefined`: it was dropped after too many conflicts with other processes. */
  async add(trouble: NewTrouble): Promise<string | undefined> {
    const number = await this.#nextNumber();
    if (number === undefined) return undefined;
    const id = `t${number}`;
    const slot = slotOf(number);
    const nowMs = this.#clock.now();
    const next = JSON.stringify({ ...trouble, id });
    for (let swap = 0; swap < MAX_SWAPS; swap += 1) {
      const expected = await this.#store.get(slot, nowMs);
      if (await this.#store.compareAndSet({ name: slot, expected, next, nowMs, ttlMs: TTL_MS })) return id;
    }
    return undefined;
  }

  /** Lists troubles, newest first. */
  async list(): Promise<Trouble[]> {
    const nowMs = this.#clock.now();
    const newest = Number((await this.#store.get(NUMBER, nowMs)) ?? 0);
    const oldest = Math.max(1, newest - MAX_TROUBLES + 1);
    const numbers = Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);
    const texts = await Promise.all(numbers.map((number) => this.#store.get(slotOf(number), nowMs)));
    return texts.flatMap((text, index) => {
      const trouble = text === undefined ? undefined : readTrouble(text);
      return trouble?.id === `t${numbers[index]}` ? [trouble] : [];
    });
  }

  async #nextNumber(): Promise<number | undefined> {
    for (let swap = 0; swap < MAX_SWAPS; swap += 1) {
      const nowMs = this.#clock.now();
      const expected = await this.#store.get(NUMBER, nowMs);
      const number = Number(expected ?? 0) + 1;
      const next = String(number);
      if (await this.#store.compareAndSet({ name: NUMBER, expected, next, nowMs, ttlMs: 2 * TTL_MS }))
        return number;
    }
    return undefined;
  }
}

const slotOf = (number: number): string => `troubles:${number % MAX_TROUBLES}`;

function readTrouble(text: string): Trouble | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes these facts
  return JSON.parse(text) as Trouble;
}
