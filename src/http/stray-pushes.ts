import type { Logger } from '../ports/logger.js';
import { isSignatureShaped } from '../protocol/signature.js';
import { parseCallbackQuery } from '../protocol/callback-query.js';

/** A stranger can send any number of them. */
const MIN_REPORT_INTERVAL_MS = 10_000;
const MAX_SHOWN = 80;

/**
 * Tells the operator of requests that are signed as WeChat signs and come to a path that is no callback's: the URL in
 * the console is then written differently than here.
 */
export function reportStrayPushes(
  callbacks: readonly string[],
  log: Logger,
): (path: string, url: string, remote: string | undefined) => void {
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  return (path, url, remote) => {
    if (!looksSigned(url) || performance.now() - reportedAtMs < MIN_REPORT_INTERVAL_MS) return;
    reportedAtMs = performance.now();
    log.warn(
      { stage: 'received', reason: 'wrong_path', path: path.slice(0, MAX_SHOWN), callbacks, remote },
      `refused: a request signed like WeChat's asks for a path that is no callback; the callback URL ends in ${callbacks.join(' or ')}`,
    );
  };
}

function looksSigned(url: string): boolean {
  if (!url.includes('signature=')) return false;
  try {
    const { signature, timestamp, nonce } = parseCallbackQuery(url);
    return isText(timestamp) && isText(nonce) && isText(signature) && isSignatureShaped(signature);
  } catch {
    return false; // no percent-encoded text
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
