import type { DeadLetter } from '../ports/state-store.js';

/** Who hears at once of answers that did not reach their users. */
export interface LetterNews {
  readonly onBuried: (letter: DeadLetter) => void;
  /** How many since this process began, by reason. */
  counts(): Readonly<Record<string, number>>;
}

export function createLetterNews(): LetterNews {
  const counts = new Map<string, number>();
  return {
    onBuried({ reason }) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    },
    counts: () => Object.fromEntries(counts),
  };
}
