import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.js';

const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Keeps other people's web pages out: whatever name led the browser here must be this machine's (DNS rebinding), and
 * what a page sends must come from our own.
 *
 * @throws Problem 403
 */
export function checkOrigin({ headers, method }: IncomingMessage): void {
  const { host = '', origin } = headers;
  if (!OWN_NAMES.has(host.replace(/:\d+$/, ''))) {
    throw new Problem(403, `this sandbox answers to 127.0.0.1 and localhost, not to "${host}"`);
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new Problem(403, `requests from pages of ${origin} are refused`);
  }
  const site = headers['sec-fetch-site'];
  // A link may lead here, and OAuth pages are led to; nothing else of another site is.
  const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink)
    throw new Problem(403, 'requests from pages of other sites are refused');
}
