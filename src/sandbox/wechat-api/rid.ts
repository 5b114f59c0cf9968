import { randomBytes } from 'node:crypto';

/** Creates the id of a failed call: three groups of eight hex digits; the first is the time in seconds. */
export function newRid(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000)
    .toString(16)
    .padStart(8, '0');
  return [seconds, randomBytes(4).toString('hex'), randomBytes(4).toString('hex')].join('-');
}
