import type { RedisOptions } from 'ioredis';
import type { RedisAddress } from '../../config/redis-config.js';
import { discovering } from './discovering-connector.js';
import { masterOfSentinel, primaryOfSlot } from './find-primary.js';
import { PrimaryFinder, type Witnesses } from './primary-finder.js';
import { SENTINEL } from './redis-refused.js';

/** Without `replyMapping`, which selects overloads of the client. */
export type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** Returns the options of a connection to the server that holds our keys. */
export function connectionOptions(address: RedisAddress, prefix: string): ConnectionOptions {
  const { username, password } = address;
  const tls = address.tls ?? ('url' in address && address.url.startsWith('rediss:') ? {} : undefined);
  const access: ConnectionOptions = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls: definedOf(tls) }),
  };
  if ('url' in address) return { ...access, ...readUrl(address.url) };
  return { ...access, Connector: discovering(new PrimaryFinder(witnessesOf(address, access, prefix))) };
}

function witnessesOf(
  address: Exclude<RedisAddress, { readonly url: string }>,
  access: ConnectionOptions,
  prefix: string,
): Witnesses {
  if ('cluster' in address) return { nodes: address.cluster, access, ask: primaryOfSlot(prefix) };
  const { sentinels: nodes, master, sentinelUsername, sentinelPassword } = address;
  return {
    nodes,
    reasonPrefix: SENTINEL,
    access: {
      ...(access.tls !== undefined && { tls: access.tls }),
      ...(sentinelUsername !== undefined && { username: sentinelUsername }),
      ...(sentinelPassword !== undefined && { password: sentinelPassword }),
    },
    ask: masterOfSentinel(master),
  };
}

/** `redis://`, `rediss://` (TLS is an option of its own) or `unix://`. */
function readUrl(text: string): ConnectionOptions {
  const url = new URL(text);
  const db = Number(url.protocol === 'unix:' ? url.searchParams.get('db') : url.pathname.slice(1));
  const family = url.searchParams.get('family');
  return {
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
    ...(db > 0 && { db }),
    ...(url.protocol === 'unix:'
      ? { path: decoded(url.pathname) }
      : {
          host: url.hostname.replace(/^\[|\]$/g, ''),
          port: url.port === '' ? 6_379 : Number(url.port),
          ...(family !== null && { family: Number(family) }),
        }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % in it
  }
}

/** Removes `undefined` settings: Node reads an `undefined` authority as none at all. */
const definedOf = (settings: object): object =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
