import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.js';

const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Keeps other people's web pages out: whatever name led the browser here must be this machine's (DNS rebinding), and
 * what a page sends must come from our own.
 *
 * @throws Problem 403
 */
export function checkOrigin({ headers, url = '' }: IncomingMessage): void {
  const { host = '', origin } = headers;
  if (!OWN_NAMES.has(host.replace(/:\d+$/, ''))) {
    throw new Problem(403, `this sandbox answers to 127.0.0.1 and localhost, not to "${host}"`);
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new Problem(403, `requests from pages of ${origin} are refused`);
  }
  const site = headers['sec-fetch-site'];
  // Pages under test are led to WeChat's side and load its script; what steers the sandbox is for its own page.
  if (url.startsWith('/api/') && site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Problem(403, 'requests from pages of other sites are refused');
}
