import type { Clock } from '../../ports/clock.js';
import type { StateStore } from '../../ports/state-store.js';
import type { SilenceHistory } from './silence.js';

/** TTL of a history; an older one is useless. */
const TTL_MS = 8 * 24 * 3_600_000;

const nameOf = (account: string): string => `silence:${account}`;

/** Reads the shared history of an account. @throws StoreUnavailable */
export async function readSilence(
  store: Pick<StateStore, 'get'>,
  clock: Clock,
  account: string,
): Promise<SilenceHistory | undefined> {
  const text = await store.get(nameOf(account), clock.now());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes this fact
  return text === undefined ? undefined : (JSON.parse(text) as SilenceHistory);
}

/**
 * Stores the history for other processes. A lost write is harmless: the winner wrote nearly the same. @throws
 * StoreUnavailable
 */
export async function writeSilence(
  store: Pick<StateStore, 'get' | 'compareAndSet'>,
  clock: Clock,
  account: string,
  history: SilenceHistory,
): Promise<void> {
  const name = nameOf(account);
  const nowMs = clock.now();
  const expected = await store.get(name, nowMs);
  await store.compareAndSet({ name, expected, next: JSON.stringify(history), nowMs, ttlMs: TTL_MS });
}
