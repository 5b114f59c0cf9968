import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.js';

const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Rejects requests of foreign web pages: the Host must be this machine (DNS rebinding), and a page's request must come
 * from our own page. WeChat's side answers to any Host: its name may lead here from a hosts file or a container.
 *
 * @throws Problem 403
 */
export function checkOrigin(
  { headers, url = '' }: IncomingMessage,
  { anyHost = false }: { readonly anyHost?: boolean } = {},
): void {
  const { host = '', origin } = headers;
  if (!anyHost && !OWN_NAMES.has(host.replace(/:\d+$/, ''))) {
    throw new Problem(403, `this sandbox answers to 127.0.0.1 and localhost, not to "${host}"`);
  }
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    throw new Problem(403, `requests from pages of ${origin} are refused`);
  }
  const site = headers['sec-fetch-site'];
  // Pages under test use WeChat's side and load its script; only our own page may use `/api/`.
  if (url.startsWith('/api/') && site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Problem(403, 'requests from pages of other sites are refused');
}
