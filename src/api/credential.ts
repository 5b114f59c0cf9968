import { isFutureWithin } from './clock-skew.js';

/** A value that WeChat issues for a limited time: an access token or a ticket. */
export interface Credential {
  /** Opaque, up to 512 characters, secret. */
  readonly value: string;
  /** Unix ms. */
  readonly expiresAtMs: number;
}

/** A credential in its shared form. */
export interface SharedCredential extends Credential {
  /** Rises with each new credential of any process. */
  readonly fence: number;
  /** Set if it replaced a refused one: it is not replaced again at once. */
  readonly replacedAtMs?: number;
}

/** `due`: reuse a stored credential; `fresh`: fetch one; `forced`: invalidate and fetch. */
export type RefreshMode = 'due' | 'fresh' | 'forced';

export interface CredentialRequest {
  readonly mode: RefreshMode;
  /**
   * Fence of the newest credential of this process. An older one, as a store may hold after an outage, is not accepted.
   */
  readonly after: number;
  /** The credential that WeChat refused last. */
  readonly failed: string | undefined;
  /** Set during a backoff: thrown if no other process has a usable credential. */
  readonly backoff?: { readonly error: unknown };
}

/** The source of a process's credential: the shared store, or a token server. */
export interface CredentialSource {
  /** Digest of the AppSecret that a fetch would use; a failure under another one does not count. */
  secretDigest?(): string | undefined;
  /**
   * Returns a stored credential without fetching; `undefined` if there is none or the store is unavailable. Never
   * throws.
   */
  peek(): Promise<SharedCredential | undefined>;
  obtain(request: CredentialRequest): Promise<SharedCredential>;
  /**
   * Reports a credential that WeChat refused. Resolves with the next credential if it is known: the same one if it is
   * too new to be replaced. Never throws.
   */
  reject(value: string, errcode: number | undefined): Promise<SharedCredential | undefined>;
}

/**
 * A credential that replaced a refused one is kept at least this long: if it is refused, too, another one would not
 * help.
 */
const MIN_REPLACEMENT_INTERVAL_MS = 10_000;

export function isFreshReplacement({ replacedAtMs }: SharedCredential, nowMs: number): boolean {
  return (
    replacedAtMs !== undefined &&
    isFutureWithin(replacedAtMs + MIN_REPLACEMENT_INTERVAL_MS, nowMs, MIN_REPLACEMENT_INTERVAL_MS)
  );
}
