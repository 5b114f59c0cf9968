import { ApiUnreachable } from './api-error.js';
import type { JsonObject } from './response.js';

/** What an answer lends, by the name of its field, and for how long from the moment of asking. */
export interface IssuedCredential {
  readonly value: string;
  readonly lifetimeMs: number;
}

/** @throws ApiUnreachable  the answer has no such field, or no `expires_in` that is a life */
export function parseIssued(
  path: string,
  answer: JsonObject,
  field: 'access_token' | 'ticket',
): IssuedCredential {
  const value = answer[field];
  const seconds = Number(answer['expires_in']); // gateways turn numbers into strings
  if (typeof value !== 'string' || value === '' || !(seconds > 0 && Number.isFinite(seconds))) {
    throw new ApiUnreachable(path, `the answer holds no ${field} with an expires_in`, { sent: true });
  }
  return { value, lifetimeMs: seconds * 1_000 };
}
