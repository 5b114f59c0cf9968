import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

/** The proxy for outgoing https. */
export interface OutgoingProxy {
  /** `http://[user:password@]host:port`, or `https://…` */
  readonly url: string;
  /**
   * Hosts that bypass the proxy: names with their subdomains, addresses and ranges, each with an optional port; `*`:
   * all.
   */
  readonly bypass: readonly string[];
}

/** Limit of the proxy's answer. */
const CONNECT_TIMEOUT_MS = 10_000;

/** The proxy refused the connection. The message of the failed call contains `code`. */
class ProxyRefused extends Error {
  readonly code: string;
  constructor(status: number | undefined) {
    super('the proxy made no connection');
    this.code = `the proxy of HTTPS_PROXY answered ${status ?? 'nothing'}`;
  }
}

/** True if a URL uses the proxy: https, and neither loopback nor an exception. */
export function usesProxy(url: URL, proxy: OutgoingProxy | undefined): proxy is OutgoingProxy {
  if (proxy === undefined || url.protocol !== 'https:') return false;
  const host = bare(url.hostname);
  if (host === 'localhost' || LOOPBACK.check(host, familyOf(host))) return false;
  const port = url.port === '' ? '443' : url.port;
  return !proxy.bypass.some((entry) => matches(entry, host, port));
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  // A text that is an IPv6 address itself has no port.
  const [, name = '', at] = /^(\[.+\]|[^:]*):(\d+)$/.exec(entry) ?? [undefined, entry];
  if (at !== undefined && at !== port) return false;
  const [address = '', prefix] = bare(name).split('/');
  const family = isIP(address);
  if (family !== 0) {
    const list = new BlockList();
    list.addSubnet(address, Number(prefix ?? (family === 4 ? 32 : 128)), familyOf(address));
    return isIP(host) !== 0 && list.check(host, familyOf(host));
  }
  const suffix = bare(name).replace(/^\*?\./, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();
const familyOf = (host: string): 'ipv4' | 'ipv6' => (isIP(host) === 6 ? 'ipv6' : 'ipv4');

/**
 * An agent that connects by `CONNECT` through a proxy. TLS is end-to-end: the proxy sees only the host name. Keeps
 * connections alive.
 */
export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;
  /** The address to connect to, instead of the URL's name. */
  readonly #target: string | undefined;

  constructor(proxy: OutgoingProxy, options: https.AgentOptions = {}, target?: string) {
    super(options);
    this.#proxy = new URL(proxy.url);
    this.#target = target;
  }

  override createConnection(
    options: https.RequestOptions,
    done?: (error: Error | null, stream: Duplex) => void,
  ): null {
    // Node's types say that a stream always comes along with an error.
    const fail = (error: Error): void => Reflect.apply(done ?? (() => {}), undefined, [error]);
    const host = this.#target ?? String(options.host);
    const where = `${isIP(host) === 6 ? `[${host}]` : host}:${options.port ?? 443}`;
    const { protocol, hostname, port, username, password } = this.#proxy;
    const asking = (protocol === 'https:' ? https : http).request({
      host: bare(hostname),
      ...(port !== '' && { port }),
      method: 'CONNECT',
      path: where,
      agent: false,
      timeout: CONNECT_TIMEOUT_MS,
      headers: {
        host: where,
        ...(username !== '' && { 'proxy-authorization': basic(username, password) }),
      },
    });
    asking.once('timeout', () => asking.destroy(new ProxyRefused(undefined)));
    asking.once('error', fail);
    asking.once('response', ({ statusCode }) => asking.destroy(new ProxyRefused(statusCode)));
    asking.once('connect', ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        return fail(new ProxyRefused(statusCode));
      }
      socket.setTimeout(0);
      const { servername = isIP(String(options.host)) === 0 ? String(options.host) : '' } = options;
      // Before the handshake: who asked hears of its end.
      done?.(null, tls.connect({ socket, servername, ALPNProtocols: ['http/1.1'] }));
    });
    asking.end();
    return null;
  }
}

function basic(user: string, password: string): string {
  const decoded = `${decodeURIComponent(user)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(decoded).toString('base64')}`;
}
