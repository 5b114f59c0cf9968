import type { SignedPush } from './signed-push.js';

/** WeChat sends a push so many times at most, one after the other, and waits so long for each. */
export const WECHAT_TRIES = 3;
const TRY_LASTS_MS = 5_000;

/** What was heard at which try; `ms` from the start of that try. */
export interface HeardAnswer {
  readonly status: number;
  readonly text: string;
  readonly tryNumber: number;
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
    tries = WECHAT_TRIES,
    tryLastsMs = TRY_LASTS_MS,
    onSilence,
  }: { tries?: number; tryLastsMs?: number; onSilence: (tryNumber: number) => void },
): Promise<HeardAnswer | undefined> {
  for (let tryNumber = 1; tryNumber <= tries; tryNumber += 1) {
    const startedAt = performance.now();
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/xml' },
        body,
        signal: AbortSignal.timeout(tryLastsMs),
      });
      const text = await response.text();
      return { status: response.status, text, tryNumber, ms: Math.round(performance.now() - startedAt) };
    } catch (error) {
      if (!isTimeout(error)) throw error;
      onSilence(tryNumber);
    }
  }
  return undefined;
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
}
