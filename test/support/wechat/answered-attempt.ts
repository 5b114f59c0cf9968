import type { Attempt } from '../../../src/sandbox/types/types.js';

/** An attempt of the sandbox's that a server answered. */
export const answeredAttempt = (responseBody: string, status = 200): Attempt => ({
  number: 1,
  startedAtMs: 0,
  endedAtMs: 1,
  outcome: 'answered',
  method: 'POST',
  url: '',
  requestHeaders: {},
  requestBody: '',
  signatures: [],
  curl: '',
  status,
  responseBody,
});
