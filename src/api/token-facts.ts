import type { Clock } from '../ports/clock.js';
import type { StateStore } from '../ports/state-store.js';
import { toAccessToken, type AccessToken, type AppId } from '../protocol/ids.js';
import type { TokenChannel } from './fetch-token.js';

/** A token as all processes share it. */
export interface SharedToken {
  readonly token: AccessToken;
  readonly expiresAtMs: number;
  /** WeChat refused it. It stays until its end, so that whoever replaces it knows which one failed. */
  readonly rejected?: true;
  /** Set when it came in the place of a refused one: it is not replaced again at once. */
  readonly replacedAtMs?: number;
}

/** What stood in the store: `raw` is what a change has to expect. */
export interface StandingToken {
  readonly raw: string | undefined;
  readonly shared: SharedToken | undefined;
}

/** Longer than the longest fetch. */
const LOCK_MS = 10_000;
const FORCED_APART_MS = 30_000;
const FORCED_PER_DAY = 20;
const DAY_MS = 86_400_000;
/** WeChat counts by the day of Beijing. */
const BEIJING_MS = 8 * 3_600_000;

/** The store's part of token keeping, one account and channel. Every method may throw StoreUnavailable. */
export interface TokenFacts {
  read(): Promise<StandingToken>;
  /** False when something else stands there by now. */
  change(raw: string | undefined, next: SharedToken): Promise<boolean>;
  /** True for one of all processes, until `unlock` or ten seconds later. */
  lock(owner: string): Promise<boolean>;
  unlock(owner: string): Promise<void>;
  /** Notes a forced refresh before it is made. False when it is too early or there were too many today. */
  noteForced(): Promise<boolean>;
}

export function createTokenFacts(
  store: StateStore,
  clock: Clock,
  appId: AppId,
  channel: TokenChannel,
): TokenFacts {
  const name = `${appId}:token:${channel}`;
  const lockName = `${name}:lock`;
  const forcedName = `${name}:forced`;

  return {
    async read() {
      const raw = await store.fact(name, clock.now());
      return { raw, shared: raw === undefined ? undefined : readShared(raw) };
    },
    change(raw, next) {
      const nowMs = clock.now();
      const keepMs = Math.max(1, next.expiresAtMs - nowMs);
      return store.changeFact({ name, expected: raw, next: JSON.stringify(next), nowMs, keepMs });
    },
    lock(owner) {
      const nowMs = clock.now();
      return store.changeFact({ name: lockName, expected: undefined, next: owner, nowMs, keepMs: LOCK_MS });
    },
    async unlock(owner) {
      await store.changeFact({
        name: lockName,
        expected: owner,
        next: undefined,
        nowMs: clock.now(),
        keepMs: 1,
      });
    },
    async noteForced() {
      const nowMs = clock.now();
      const raw = await store.fact(forcedName, nowMs);
      const next = forcedAfter(raw, nowMs);
      if (next === undefined) return false;
      return store.changeFact({ name: forcedName, expected: raw, next, nowMs, keepMs: 2 * DAY_MS });
    },
  };
}

/** Text of the count after one more forced refresh, `day count atMs`; undefined when it is not allowed now. */
export function forcedAfter(raw: string | undefined, nowMs: number): string | undefined {
  const today = Math.floor((nowMs + BEIJING_MS) / DAY_MS);
  const [day, count, atMs] = (raw ?? '').split(' ').map(Number);
  const done = day === today ? (count ?? 0) : 0;
  if (atMs !== undefined && nowMs - atMs < FORCED_APART_MS) return undefined;
  return done < FORCED_PER_DAY ? `${today} ${done + 1} ${nowMs}` : undefined;
}

/** What cannot be read counts as absent and is written over. */
function readShared(raw: string): SharedToken | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('token' in value) || typeof value.token !== 'string') return undefined;
    if (!('expiresAtMs' in value) || typeof value.expiresAtMs !== 'number') return undefined;
    const replacedAtMs = 'replacedAtMs' in value ? value.replacedAtMs : undefined;
    return {
      token: toAccessToken(value.token),
      expiresAtMs: value.expiresAtMs,
      ...('rejected' in value && value.rejected === true && { rejected: true }),
      ...(typeof replacedAtMs === 'number' && { replacedAtMs }),
    };
  } catch {
    return undefined;
  }
}
