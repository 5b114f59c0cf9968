import { isFutureWithin } from './clock-skew.js';

/** What WeChat lends for a while: an access token or a ticket. */
export interface Credential {
  /** Opaque, up to 512 characters, secret. */
  readonly value: string;
  /** Unix ms. */
  readonly expiresAtMs: number;
}

/** A credential as all processes share it. */
export interface SharedCredential extends Credential {
  /** Rises from one to the next, whoever fetched it. */
  readonly fence: number;
  /** Set when it came in the place of a refused one: it is not replaced again at once. */
  readonly replacedAtMs?: number;
}

/** How the next one is to be had: as one that comes in its time, as a new one now, or by force. */
export type RefreshMode = 'due' | 'fresh' | 'forced';

export interface CredentialRequest {
  readonly mode: RefreshMode;
  /** Fence of the newest one that this process had. One of before, as a store may hold after an outage, will not do. */
  readonly after: number;
  /** The one that WeChat refused last. */
  readonly failed: string | undefined;
  /** Why nothing is fetched just now: thrown where none of the others' can be taken over. */
  readonly backoff?: { readonly error: unknown };
}

/** Where a process gets its credential from: the store that it shares with others, or a token server. */
export interface CredentialSource {
  /** Digest of the AppSecret that a fetch would use: a failure under another one says nothing. */
  secretDigest?(): string | undefined;
  /** One that stands ready; undefined where none does, or nobody knows. Fetches nothing, never throws. */
  peek(): Promise<SharedCredential | undefined>;
  obtain(request: CredentialRequest): Promise<SharedCredential>;
  /**
   * Tells the others that WeChat refused it. Resolves with the credential to go on with, where that is known already:
   * the same one, if it is too new to be replaced. Never throws.
   */
  reject(value: string, errcode: number | undefined): Promise<SharedCredential | undefined>;
}

/** A credential that came in the place of a refused one is kept at least so long: what it is refused for, another will be too. */
const MIN_REPLACEMENT_INTERVAL_MS = 10_000;

export function isFreshReplacement({ replacedAtMs }: SharedCredential, nowMs: number): boolean {
  return (
    replacedAtMs !== undefined &&
    isFutureWithin(replacedAtMs + MIN_REPLACEMENT_INTERVAL_MS, nowMs, MIN_REPLACEMENT_INTERVAL_MS)
  );
}
