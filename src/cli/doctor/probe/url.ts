import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The steps of a connection to the callback URL, up to the first failure. */
export interface UrlFacts {
  /** Without a query. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** True if only this machine reaches it: 127.0.0.0/8, ::1, localhost. */
  readonly isLocal: boolean;
  /** `listener`: no public URL is known, so our own listener is used. */
  readonly from: 'option' | 'settings' | 'listener';
  /** Reason of a failed DNS look-up. */
  readonly nameError?: string;
  readonly addresses?: readonly string[];
  /** Reason of a failed connection: `ECONNREFUSED`, `timeout`. */
  readonly connectError?: string;
  /** Only for https, after connecting. `error`: reason why WeChat would not trust the certificate. */
  readonly tls?: { readonly error?: string; readonly daysLeft?: number };
}

/** WeChat gives up a connection after three seconds. Source: 接口报警, 连接超时. */
const CONNECT_LIMIT_MS = 3_000;
const DAY_MS = 86_400_000;

export async function probeUrl(url: URL, from: UrlFacts['from']): Promise<UrlFacts> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const isLocal = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  const known = { url: `${url.origin}${url.pathname}`, host, port, isTls, isLocal, from };
  const addresses = await lookup(host, { all: true }).catch((error: unknown) => ({ error: codeOf(error) }));
  if ('error' in addresses) return { ...known, nameError: addresses.error };
  const resolved = { ...known, addresses: addresses.map(({ address }) => address) };
  const connectError = await tryConnect(host, port);
  if (connectError !== undefined) return { ...resolved, connectError };
  return isTls ? { ...resolved, tls: await tryTls(host, port) } : resolved;
}

function tryConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((settle) => {
    const socket = connect({ host, port, timeout: CONNECT_LIMIT_MS });
    const end = (error?: string): void => {
      socket.destroy();
      settle(error);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end('timeout'));
    socket.once('error', (error) => end(codeOf(error)));
  });
}

/** Makes a TLS handshake that accepts an invalid certificate, in order to read its expiry. */
function tryTls(host: string, port: number): Promise<NonNullable<UrlFacts['tls']>> {
  return new Promise((settle) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectTls({
      host,
      port,
      timeout: CONNECT_LIMIT_MS,
      rejectUnauthorized: false,
      ...servername,
    });
    const end = (found: NonNullable<UrlFacts['tls']>): void => {
      socket.destroy();
      settle(found);
    };
    socket.once('timeout', () => end({ error: 'timeout' }));
    socket.once('error', (error) => end({ error: codeOf(error) }));
    socket.once('secureConnect', () => {
      const daysLeft = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / DAY_MS);
      // The types say Error; Node gives the code as a text as well.
      const reason: unknown = socket.authorizationError;
      const error = socket.authorized ? undefined : reason instanceof Error ? codeOf(reason) : String(reason);
      end({ ...(error !== undefined && { error }), ...(!Number.isNaN(daysLeft) && { daysLeft }) });
    });
  });
}

/** An AggregateError of several addresses has the code of the first. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
