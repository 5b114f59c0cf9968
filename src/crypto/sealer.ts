import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Json } from '../protocol/json.js';

/** Encrypts values for places that others can read or write, such as cookies and the store. AES-256-GCM. */
export interface Sealer {
  /** Returns characters of `[A-Za-z0-9_-]`, different each time. */
  seal(value: Json): string;
  /** Returns `undefined` for texts that were not sealed with this key and purpose. */
  open(sealed: string): unknown;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** In: `key`: a long random text; `purpose`: separates uses, so that a sealed value is valid for one only. */
export function createSealer(key: string, purpose: string): Sealer {
  const derived = deriveKey(key, purpose);
  return {
    seal(value) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', derived, iv);
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', derived, bytes.subarray(0, IV_BYTES));
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8');
        const value: unknown = JSON.parse(text + decipher.final('utf8'));
        return value;
      } catch {
        return undefined; // tampered with, or sealed with another key
      }
    },
  };
}

/** Derives a key of 32 bytes for one purpose from a long random text. */
export function deriveKey(key: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
}
