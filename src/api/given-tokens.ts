import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.js';

/** A stored token: its digest and its time. */
export type GivenToken = readonly [digest: string, atMs: number];

/** Two hours of validity, and a day after. */
const GIVEN_TTL_MS = 26 * 3_600_000;
/** Limit of tokens; more within a day are a fault elsewhere. */
const MAX_GIVEN = 100;

/** Digest of a token. A token has 512 characters at most and cannot be guessed, so that its digest need not be slow. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Adds a token to the list and removes old ones. */
export function withGiven(given: readonly GivenToken[], token: string, nowMs: number): readonly GivenToken[] {
  const digest = tokenDigest(token);
  const fresh = given.filter(([known, atMs]) => known !== digest && nowMs - atMs < GIVEN_TTL_MS);
  return [...fresh, [digest, nowMs] as const].slice(-MAX_GIVEN);
}

/** True if any process of this token centre gave out the token within the last day. */
export interface GivenTokens {
  /** This process holds it, so it may give it out. */
  note(token: string): void;
  /** @throws StoreUnavailable  this process does not know the token, and the store cannot be asked */
  has(token: string): Promise<boolean>;
}

export function createGivenTokens(deps: {
  /** Reads the tokens of other processes. Absent: there is no other process. */
  readonly stored?: () => Promise<readonly GivenToken[]>;
  readonly clock: Clock;
}): GivenTokens {
  const { stored, clock } = deps;
  let mine: readonly GivenToken[] = [];
  const includes = (given: readonly GivenToken[], digest: string): boolean =>
    given.some(([known, atMs]) => known === digest && clock.now() - atMs < GIVEN_TTL_MS);
  return {
    note(token) {
      mine = withGiven(mine, token, clock.now());
    },
    async has(token) {
      const digest = tokenDigest(token);
      if (includes(mine, digest)) return true;
      return includes((await stored?.()) ?? [], digest);
    },
  };
}
