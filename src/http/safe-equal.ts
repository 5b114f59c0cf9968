import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares a text with a secret. The time reveals neither the matching part nor the length of the secret. */
export function safeEqual(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
