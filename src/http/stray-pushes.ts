import type { Events } from '../ports/events.js';
import type { Logger } from '../ports/logger.js';
import { isSignatureShaped } from '../protocol/signature.js';
import { parseCallbackQuery, probeNonce, type CallbackQuery } from '../protocol/callback-query.js';

/** Limits the log, because a stranger can send any number of requests. */
const MIN_REPORT_INTERVAL_MS = 10_000;
const MAX_SHOWN = 80;

/**
 * Reports requests to a wrong path that have the parameters of a signature or nearly match a callback path (slashes,
 * letter case). The URL in WeChat's console then differs from the configuration.
 */
export function reportStrayPushes(
  callbacks: () => readonly string[],
  log: Logger,
  events: Events,
): (path: string, url: string, remote: string | undefined) => void {
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  return (path, url, remote) => {
    const near = callbacks().find((callback) => plainPath(callback) === plainPath(path));
    const query = readSigned(url);
    if (near === undefined && query === undefined) return;
    const probe = query === undefined ? undefined : probeNonce(query);
    const isOften = performance.now() - reportedAtMs < MIN_REPORT_INTERVAL_MS;
    if (isOften && probe === undefined) return;
    const shown = path.slice(0, MAX_SHOWN);
    const right = near ?? callbacks().join(' or ');
    events.emit({
      type: 'request.refused',
      account: '',
      reason: 'wrong_path',
      signed: query !== undefined,
      remote,
      detail: `asked for ${shown}; the callback URL ends in ${right}`,
      ...(probe !== undefined && { probe }),
    });
    if (isOften) return;
    reportedAtMs = performance.now();
    const what = query === undefined ? 'a request' : "a request signed like WeChat's";
    log.warn(
      { stage: 'received', reason: 'wrong_path', path: shown, callbacks: callbacks(), remote },
      `refused: ${what} asks for a path that is no callback; the callback URL ends in ${right}`,
    );
  };
}

/** Normalizes common mistakes: letter case, doubled slashes, a trailing slash. */
const plainPath = (path: string): string => path.toLowerCase().replace(/\/+/g, '/').replace(/\/$/, '') || '/';

/** Returns the query if it has the parameters of a signature. */
function readSigned(url: string): CallbackQuery | undefined {
  if (!url.includes('signature=')) return undefined;
  try {
    const query = parseCallbackQuery(url);
    const { signature, timestamp, nonce } = query;
    const isSigned = isText(timestamp) && isText(nonce) && isText(signature) && isSignatureShaped(signature);
    return isSigned ? query : undefined;
  } catch {
    return undefined; // invalid percent-encoding
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
