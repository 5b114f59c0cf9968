import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';

/** Limit of different wrong keys from one address within a minute. A client with an outdated key sends only one. */
const MAX_GUESSES = 10;
const WINDOW_MS = 60_000;
/** Limit of remembered addresses; beyond it all are forgotten. */
const MAX_ADDRESSES = 10_000;

/** Slows down guessing of the admin key. */
export interface KeyGuesses {
  /** True after too many wrong keys: keys from this address are not checked for the rest of the minute. */
  isBlocked(address: string): boolean;
  /** Counts a wrong key. The same key again is not a further guess. */
  note(address: string, key: string): void;
}

export function createKeyGuesses(clock: Clock, log: Logger): KeyGuesses {
  const addresses = new Map<string, { readonly keys: Set<string>; readonly untilMs: number }>();

  function entryOf(address: string): { readonly keys: Set<string>; readonly untilMs: number } | undefined {
    const entry = addresses.get(address);
    if (entry === undefined || clock.now() < entry.untilMs) return entry;
    addresses.delete(address);
    return undefined;
  }

  return {
    isBlocked: (address) => (entryOf(address)?.keys.size ?? 0) >= MAX_GUESSES,
    note(address, key) {
      if (addresses.size >= MAX_ADDRESSES) addresses.clear();
      const entry = entryOf(address) ?? { keys: new Set<string>(), untilMs: clock.now() + WINDOW_MS };
      addresses.set(address, entry);
      entry.keys.add(createHash('sha256').update(key).digest('base64'));
      if (entry.keys.size === MAX_GUESSES)
        log.warn(
          { from: address },
          'key guesses blocked: too many wrong keys of the admin listener in a minute',
        );
    },
  };
}
