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

/** Limit of an address. */
const MAX_LENGTH = 4_000;

/**
 * Creates the route `GET ?url=…`, which signs a page for the JS-SDK: `{ appId, timestamp, nonceStr, signature }` for
 * `wx.config`. The page sends its own address, `encodeURIComponent(location.href.split('#')[0])`; it is signed byte for
 * byte, because WeChat compares it with the address in the browser.
 *
 * In: `hosts`: the hosts whose pages are signed and may ask, such as `www.example.com` or `127.0.0.1:8080`. Without the
 * list the route would sign for anybody.
 */
export function createPageSignatureRoute(deps: {
  readonly signer: Pick<PageSigner, 'signPage'>;
  readonly hosts: readonly string[];
  readonly log: Logger;
}): NodeMiddleware {
  const { signer, log } = deps;
  const hosts = new Set(deps.hosts);

  /** Returns CORS headers for a listed host, none without an origin, `undefined` for other hosts. */
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
    const { host, port } = new URL(url);
    if (!hosts.has(host)) {
      // A page on another port has the port in its host, so the list must have it, too.
      const hint = port === '' ? '' : `; the port counts: JS_SDK_HOSTS has to hold ${host}`;
      return refuse(403, `this host is not signed for${hint}`, headers);
    }
    try {
      return { status: 200, json: await signer.signPage(url), headers };
    } catch (error) {
      log.error({ err: error }, 'page signing failed');
      return { status: 503, json: { error: 'try_later' }, headers };
    }
  }

  function refuse(status: number, why: string, headers: Record<string, string> = {}): BrowserResponse {
    log.warn({ reason: 'page_not_signed', status }, `page signing refused: ${why}`);
    return { status, json: { error: 'refused', message: why }, headers };
  }

  return (request, response, next) => {
    const isOurs = pathOf(request) === '/' && (request.method === 'GET' || request.method === 'OPTIONS');
    if (isOurs) {
      answer(request).then(
        (done) => writeBrowserResponse(response, done),
        (error: unknown) =>
          log.error({ err: error }, 'response failed: an answer to a page could not be written'),
      );
    } else if (next === undefined) writeBrowserResponse(response, { status: 404 });
    else next();
  };
}

/**
 * Reads the page's address from the URL of the request. A second parameter means that the page did not encode the `&`
 * of its own query.
 */
function readPageAddress(own: string): string | undefined {
  const encoded = /^[^?]*\?url=([^&]*)$/.exec(own)?.[1];
  const url = encoded === undefined ? undefined : decode(encoded);
  if (url === undefined || url.length > MAX_LENGTH) return undefined;
  // An address in a browser has no blanks, control characters, backslashes or user name.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f\\]/.test(url) || !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/.test(url)) return undefined;
  return URL.canParse(url) ? withoutHash(url) : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text); // a + stays a +: it does not encode a blank here
  } catch {
    return undefined;
  }
}
