import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a text that came is the secret, in a time that does not tell how much of it was right, or how long it is. */
export function safeEqual(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
