import type { SignedPush } from './sign-push.js';

/** WeChat's number of attempts and its timeout for each. */
export const WECHAT_ATTEMPTS = 3;
const WECHAT_TIMEOUT_MS = 5_000;

/** The response to one attempt; `ms` from the start of that attempt. */
export interface ReceivedResponse {
  readonly status: number;
  readonly text: string;
  readonly attemptNumber: number;
  readonly ms: number;
}

/**
 * Posts a push as WeChat does: after a timeout the same push is sent again.
 *
 * @returns `undefined` if no attempt was answered in time
 * @throws  errors of `fetch` if the connection fails; these are not retried
 */
export async function postPush(
  { url, body }: SignedPush,
  {
    attempts = WECHAT_ATTEMPTS,
    attemptTimeoutMs = WECHAT_TIMEOUT_MS,
    onSilence,
  }: { attempts?: number; attemptTimeoutMs?: number; onSilence: (attemptNumber: number) => void },
): Promise<ReceivedResponse | undefined> {
  for (let attemptNumber = 1; attemptNumber <= attempts; attemptNumber += 1) {
    const startedAt = performance.now();
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/xml' },
        body,
        signal: AbortSignal.timeout(attemptTimeoutMs),
      });
      const text = await response.text();
      return { status: response.status, text, attemptNumber, ms: Math.round(performance.now() - startedAt) };
    } catch (error) {
      if (!isTimeout(error)) throw error;
      onSilence(attemptNumber);
    }
  }
  return undefined;
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
}
