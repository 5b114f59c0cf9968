import { createHmac } from 'node:crypto';
import type { AppId } from '../protocol/ids.js';

/** The AppSecret of an account. Code reads it again for each call, since an operator may change it meanwhile. */
export interface AppSecret {
  /** Undefined: none is configured. */
  readonly value: string | undefined;
  /**
   * Identifies the secret without revealing it: 128 bits, base64url. A refusal is stored with it, so that it does not
   * apply to another secret.
   */
  readonly digest: string | undefined;
}

export interface ChangeableAppSecret extends AppSecret {
  /** Sets the secret. False: it is unchanged. */
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

/** The secret is the key of the HMAC: without it the digest cannot be computed or inverted. */
const digestOf = (appId: AppId, secret: string | undefined): string | undefined =>
  secret === undefined
    ? undefined
    : createHmac('sha256', secret).update(`AppSecret of ${appId}`).digest('base64url').slice(0, 22);
