import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { fileNameOf } from '../../protocol/content-disposition.js';
import { HttpFailure, type HttpResponse } from '../../ports/http-client.js';
import type { DownloadedFile, PublicDownload } from '../../ports/public-download.js';
import { TunnelAgent, usesProxy, type OutgoingProxy } from './outgoing-proxy.js';
import { isPublicAddress } from './public-address.js';
import { codeOf } from './error-code.js';
import { readResponse } from './read-response.js';

interface Address {
  readonly address: string;
  readonly family: number;
}

const MAX_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Creates a downloader that never connects to a private network. Every address of a name must be public, the connection
 * uses the checked address, and each redirect is checked again.
 */
export function createPublicDownload(
  deps: {
    readonly resolve?: (host: string) => Promise<readonly Address[]>;
    readonly isAllowed?: (address: string) => boolean;
    /** https goes through it, to the very address that was checked. */
    readonly proxy?: OutgoingProxy | undefined;
  } = {},
): PublicDownload {
  const { resolve = resolveAll, isAllowed = isPublicAddress, proxy } = deps;

  async function addressesOf(url: URL): Promise<readonly Address[]> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
    if (addresses.length === 0) throw new HttpFailure(`${host}: no address`, { sent: false, kind: 'dns' });
    if (!addresses.every(({ address }) => isAllowed(address))) throw refusal(`${host} is no public address`);
    return addresses;
  }

  return async (address, { maxBytes, timeoutMs, signal }) => {
    const ends = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
    const given = whenAborted(ends);
    let url = checked(address);
    try {
      for (let redirects = 0; ; redirects += 1) {
        const addresses = await Promise.race([addressesOf(url), given.up]);
        const response = await ask(url, addresses, { maxBytes, signal: ends, proxy });
        const location = response.headers['location'];
        if (!REDIRECTS.includes(response.status) || location === undefined) return fileOf(url, response);
        if (redirects === MAX_REDIRECTS) throw refusal(`more than ${MAX_REDIRECTS} redirects`);
        url = checked(location, url);
      }
    } catch (error) {
      if (error instanceof HttpFailure) throw error;
      if (ends.aborted) throw timedOut(url, timeoutMs, signal);
      throw new HttpFailure(`${url.host}: ${codeOf(error)}`, { sent: true, kind: 'connection-lost' });
    } finally {
      given.off();
    }
  };
}

function ask(
  url: URL,
  addresses: readonly Address[],
  { maxBytes, signal, proxy }: { maxBytes: number; signal: AbortSignal; proxy: OutgoingProxy | undefined },
): Promise<HttpResponse> {
  // Returns the checked address without a second look-up, which could give another one.
  const pinned: LookupFunction = (_host, options, done) => {
    const [first] = addresses;
    if (options.all === true) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
  const { request } = url.protocol === 'https:' ? https : http;
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'wechat-callback-server' };
  const agent = usesProxy(url, proxy) ? new TunnelAgent(proxy, {}, addresses[0]?.address) : false;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, lookup: pinned, headers, signal });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      readResponse(incoming, maxBytes).then(resolve, (error: unknown) => {
        outgoing.destroy();
        reject(error instanceof Error ? error : new Error('failed'));
      });
    });
    outgoing.end();
  });
}

function checked(address: string, base?: URL): URL {
  const url = URL.canParse(address, base?.href) ? new URL(address, base) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw refusal('not an http or https address');
  if (url.username !== '' || url.password !== '') throw refusal('an address with a password');
  return url;
}

function fileOf(url: URL, { status, headers, bytes }: HttpResponse): DownloadedFile {
  if (status !== 200)
    throw new HttpFailure(`${url.host}: HTTP ${status}`, { sent: true, kind: 'connection-lost' });
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new HttpFailure(`${url.host}: comes as ${encoding}`, { sent: true, kind: 'connection-lost' });
  }
  const fromPath = `attachment; filename*=UTF-8''${url.pathname.replace(/^.*\//, '')}`;
  return {
    bytes,
    contentType: headers['content-type'],
    fileName: fileNameOf(headers['content-disposition']) ?? fileNameOf(fromPath),
  };
}

const resolveAll = (host: string): Promise<readonly Address[]> =>
  lookup(host, { all: true }).catch((error: unknown) => {
    throw new HttpFailure(`${host}: ${codeOf(error)}`, { sent: false, kind: 'dns' });
  });

const refusal = (why: string): HttpFailure => new HttpFailure(why, { sent: false, kind: 'invalid-url' });

function timedOut({ host }: URL, timeoutMs: number, signal: AbortSignal | undefined): HttpFailure {
  return signal?.aborted === true
    ? new HttpFailure(`${host}: given up`, { sent: true, kind: 'aborted' })
    : new HttpFailure(`${host}: no file within ${timeoutMs} ms`, { sent: true, kind: 'answer-timeout' });
}

/** Rejects when the signal aborts. A DNS look-up cannot be cancelled, only ignored. */
function whenAborted(signal: AbortSignal): { readonly up: Promise<never>; off(): void } {
  let onAbort = (): void => {};
  const up = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  up.catch(() => {});
  return { up, off: () => signal.removeEventListener('abort', onAbort) };
}
