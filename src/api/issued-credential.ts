import { ApiUnreachable } from './api-error.js';
import type { JsonObject } from './response.js';

/** A credential that WeChat issued, and its lifetime from the time of the request. */
export interface IssuedCredential {
  readonly value: string;
  readonly lifetimeMs: number;
}

/** @throws ApiUnreachable  the answer lacks the field or a valid `expires_in` */
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
