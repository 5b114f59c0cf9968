import type { Clock } from '../../ports/clock.js';
import type { StateStore } from '../../ports/state-store.js';
import type { SilenceHistory } from './silence.js';

/** A history that nobody has written to for longer says nothing any more. */
const TTL_MS = 8 * 24 * 3_600_000;

const nameOf = (account: string): string => `silence:${account}`;

/** What the processes of a store know of an account's pushes. @throws StoreUnavailable */
export async function readSilence(
  store: Pick<StateStore, 'get'>,
  clock: Clock,
  account: string,
): Promise<SilenceHistory | undefined> {
  const text = await store.get(nameOf(account), clock.now());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes this fact
  return text === undefined ? undefined : (JSON.parse(text) as SilenceHistory);
}

/** Leaves it for the others. Somebody who was faster has written much the same. @throws StoreUnavailable */
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
