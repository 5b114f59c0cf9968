import { createHmac } from 'node:crypto';
import type { AppId } from '../protocol/ids.js';

/** The AppSecret of an account. Its users read it anew for each call, since an operator may change it meanwhile. */
export interface AppSecret {
  /** Undefined: none is configured. */
  readonly value: string | undefined;
  /**
   * Tells one secret from another and gives neither away: 128 bits, base64url. A refusal is noted beside it, so that it
   * does not outlive the secret that was refused.
   */
  readonly digest: string | undefined;
}

export interface ChangeableAppSecret extends AppSecret {
  /** False: it is the same one. */
  change(next: string | undefined): boolean;
}

export function createAppSecret(appId: AppId, first: string | undefined): ChangeableAppSecret {
  let value = first;
  let digest = digestOf(appId, first);
  return {
    get value() {
      return value;
    },
    get digest() {
      return digest;
    },
    change(next) {
      if (next === value) return false;
      value = next;
      digest = digestOf(appId, next);
      return true;
    },
  };
}

/** The secret is the key of the HMAC: without it nobody can make or invert the digest. */
const digestOf = (appId: AppId, secret: string | undefined): string | undefined =>
  secret === undefined
    ? undefined
    : createHmac('sha256', secret).update(`AppSecret of ${appId}`).digest('base64url').slice(0, 22);
