import type { Logger } from '../../ports/logger.js';
import type { DeadLetter } from '../../ports/state-store.js';

export interface DeadLetterLimits {
  readonly letters: number;
  /** Size of the JSON text. */
  readonly bytes: number;
}

/** Holds dead letters in memory, up to a limit. Drops the oldest first, and logs it. */
export class FileDeadLetterStore {
  readonly #limits: DeadLetterLimits;
  readonly #log: Logger;
  readonly #letters = new Map<string, { readonly letter: DeadLetter; readonly bytes: number }>();
  #bytes = 0;

  constructor(limits: DeadLetterLimits, log: Logger) {
    this.#limits = limits;
    this.#log = log;
  }

  get count(): number {
    return this.#letters.size;
  }

  /** Adds a letter. The same id again replaces it and makes it the newest. */
  put(letter: DeadLetter): void {
    this.drop(letter.id);
    const bytes = JSON.stringify(letter).length;
    this.#letters.set(letter.id, { letter, bytes });
    this.#bytes += bytes;
    while (this.#letters.size > 1 && this.#isFull()) {
      const [oldest] = this.#letters.keys();
      this.drop(oldest!);
      this.#log.warn(
        { letter: oldest, ...this.#limits },
        'dead letter dropped: it was the oldest of too many',
      );
    }
  }

  get(id: string): DeadLetter | undefined {
    return this.#letters.get(id)?.letter;
  }

  /** Deletes a letter. False: there is none. */
  drop(id: string): boolean {
    this.#bytes -= this.#letters.get(id)?.bytes ?? 0;
    return this.#letters.delete(id);
  }

  newest(limit: number): DeadLetter[] {
    return [...this.oldestFirst()].reverse().slice(0, limit);
  }

  *oldestFirst(): Generator<DeadLetter> {
    for (const { letter } of this.#letters.values()) yield letter;
  }

  #isFull(): boolean {
    return this.#letters.size > this.#limits.letters || this.#bytes > this.#limits.bytes;
  }
}
