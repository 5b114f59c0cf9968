import type { IncomingMessage } from 'node:http';
import type { PageSigner } from '../api/page-signer.js';
import type { Logger } from '../ports/logger.js';
import { withoutHash } from '../protocol/page-signature.js';
import {
  pathOf,
  writeBrowserResponse,
  type NodeMiddleware,
  type BrowserResponse,
} from './browser-response.js';

/** No page has a longer address. */
const MAX_LENGTH = 4_000;

/**
 * GET ?url=… signs the page of that address for the JS-SDK: `{ appId, timestamp, nonceStr, signature }` for `wx.config`.
 * The page sends its own address, `encodeURIComponent(location.href.split('#')[0])`; it is signed as it came, byte for
 * byte, because WeChat compares it with what the browser shows.
 *
 * In: `hosts` are the hosts that may be signed for and that may ask, such as `www.example.com` or `127.0.0.1:8080`;
 * without that list it would sign for anybody.
 */
export function createPageSignatureRoute(deps: {
  readonly signer: Pick<PageSigner, 'signPage'>;
  readonly hosts: readonly string[];
  readonly log: Logger;
}): NodeMiddleware {
  const { signer, log } = deps;
  const hosts = new Set(deps.hosts);

  /** Our pages on other hosts may read the answer; for those of strangers there is none. */
  function headersFor(origin: string | undefined): Record<string, string> | undefined {
    if (origin === undefined) return { Vary: 'Origin' };
    const isOurs = URL.canParse(origin) && hosts.has(new URL(origin).host);
    return isOurs ? { Vary: 'Origin', 'Access-Control-Allow-Origin': origin } : undefined;
  }

  async function answer(request: IncomingMessage): Promise<BrowserResponse> {
    const headers = headersFor(request.headers.origin);
    if (headers === undefined) return refuse(403, 'this site may not ask');
    if (request.method === 'OPTIONS') {
      return { status: 204, headers: { ...headers, 'Access-Control-Allow-Methods': 'GET' } };
    }
    const url = readPageAddress(request.url ?? '');
    if (url === undefined) {
      return refuse(400, 'send one parameter: url=, and in it encodeURIComponent(location.href)', headers);
    }
    if (!hosts.has(new URL(url).host)) return refuse(403, 'this host is not signed for', headers);
    try {
      return { status: 200, json: await signer.signPage(url), headers };
    } catch (error) {
      log.error({ err: error }, 'a page could not be signed');
      return { status: 503, json: { error: 'try_later' }, headers };
    }
  }

  function refuse(status: number, why: string, headers: Record<string, string> = {}): BrowserResponse {
    log.warn({ reason: 'page_not_signed', status }, `a page was not signed: ${why}`);
    return { status, json: { error: 'refused', message: why }, headers };
  }

  return (request, response, next) => {
    const isOurs = pathOf(request) === '/' && (request.method === 'GET' || request.method === 'OPTIONS');
    if (isOurs) {
      answer(request).then(
        (done) => writeBrowserResponse(response, done),
        (error: unknown) => log.error({ err: error }, 'an answer to a page could not be written'),
      );
    } else if (next === undefined) writeBrowserResponse(response, { status: 404 });
    else next();
  };
}

/**
 * The page's address out of our own, or `undefined`. It is the only parameter: a second one means that the page did not
 * encode the `&` of its own query.
 */
function readPageAddress(own: string): string | undefined {
  const encoded = /^[^?]*\?url=([^&]*)$/.exec(own)?.[1];
  const url = encoded === undefined ? undefined : decode(encoded);
  if (url === undefined || url.length > MAX_LENGTH) return undefined;
  // What a browser shows as its address has none of these, and neither has it a user in it.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f\\]/.test(url) || !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/.test(url)) return undefined;
  return URL.canParse(url) ? withoutHash(url) : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text); // a + stays a +, which no page's address encodes in another way
  } catch {
    return undefined;
  }
}
