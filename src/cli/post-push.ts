import type { SignedPush } from './sign-push.js';

/** WeChat sends a push so many times at most, one after the other, and waits so long for each. */
export const WECHAT_ATTEMPTS = 3;
const WECHAT_TIMEOUT_MS = 5_000;

/** What was heard at which try; `ms` from the start of that try. */
export interface ReceivedResponse {
  readonly status: number;
  readonly text: string;
  readonly attemptNumber: number;
  readonly ms: number;
}

/**
 * Posts a push as WeChat does: a try that nobody answers in time is given up, and the same push is sent again.
 *
 * @returns undefined where no try was answered in time
 * @throws  what `fetch` throws where nobody listens or the connection breaks; that is not tried again here
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
