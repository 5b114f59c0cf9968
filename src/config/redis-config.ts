import type { Words } from '../protocol/words.js';
import type { Values } from './variables.js';

/** Host and port of one server. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Address and access of Redis. */
export type RedisAddress = RedisAccess &
  (
    | { readonly url: string }
    | {
        readonly sentinels: readonly HostPort[];
        readonly master: string;
        readonly sentinelUsername?: string | undefined;
        readonly sentinelPassword?: string | undefined;
      }
    | { readonly cluster: readonly HostPort[] }
  );

interface RedisAccess {
  /** ACL user. A user in the URL takes precedence. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM texts. Absent: no TLS, unless the URL is `rediss://`. */
  readonly tls?: RedisTls | undefined;
  /** Number of replicas that must confirm a change, or all that are online if they are fewer. Default: 0. */
  readonly waitReplicas?: number | undefined;
}

export interface RedisTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Exceeds any number of replicas. */
const ALL = Number.MAX_SAFE_INTEGER;

/** The variables of the three kinds of address. */
const WAYS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const;

/** Reads the address of Redis; `undefined`: there is none. Adds inconsistent settings to `faults`. */
export function readRedisConfig(
  values: Values,
  isGiven: (name: string) => boolean,
  faults: Words[],
): RedisAddress | undefined {
  const given = WAYS.filter(isGiven);
  if (given.length > 1)
    faults.push({
      en: `${given.join(' and ')} are set together; allowed: one of them. Keep the one that describes your Redis.`,
      zh: `${given.join(' 和 ')} 同时设置了，只能设置其中一个。请保留符合你的 Redis 的那一个。`,
    });
  for (const [name, other] of [
    ['REDIS_SENTINELS', 'REDIS_MASTER'],
    ['REDIS_MASTER', 'REDIS_SENTINELS'],
    ['REDIS_TLS_CERT', 'REDIS_TLS_KEY'],
    ['REDIS_TLS_KEY', 'REDIS_TLS_CERT'],
  ] as const)
    if (isGiven(name) && !isGiven(other))
      faults.push({
        en: `${name} is set, and ${other} is missing. Set both, or remove ${name}.`,
        zh: `设置了 ${name}，却没有设置 ${other}。请两个都设置，或者删掉 ${name}。`,
      });
  if (values.REDIS_URL !== undefined) {
    const url = new URL(values.REDIS_URL);
    if (url.password !== '' && isGiven('REDIS_PASSWORD'))
      faults.push({
        en: 'REDIS_PASSWORD is set, and REDIS_URL holds a password, too. Remove one of the two.',
        zh: '设置了 REDIS_PASSWORD，而 REDIS_URL 里也有密码。请删掉其中一个。',
      });
    if (values.REDIS_TLS === true && url.protocol !== 'rediss:')
      faults.push({
        en: 'REDIS_TLS is on, and REDIS_URL does not begin with rediss://. Write rediss:// there.',
        zh: 'REDIS_TLS 已打开，而 REDIS_URL 不是以 rediss:// 开头。请在 REDIS_URL 里写 rediss://。',
      });
  }
  return addressOf(values);
}

function addressOf(values: Values): RedisAddress | undefined {
  const common = { username: values.REDIS_USERNAME, password: values.REDIS_PASSWORD };
  const tls = { ca: values.REDIS_TLS_CA, cert: values.REDIS_TLS_CERT, key: values.REDIS_TLS_KEY };
  const waitReplicas = values.REDIS_WAIT_REPLICAS;
  if (values.REDIS_URL !== undefined) {
    const isTls = new URL(values.REDIS_URL).protocol === 'rediss:';
    return { url: values.REDIS_URL, ...common, waitReplicas: waitReplicas ?? 0, ...(isTls && { tls }) };
  }
  const many = { ...common, waitReplicas: waitReplicas ?? ALL, ...(values.REDIS_TLS === true && { tls }) };
  const { REDIS_SENTINELS: sentinels, REDIS_MASTER: master, REDIS_CLUSTER: cluster } = values;
  if (sentinels !== undefined && master !== undefined)
    return {
      sentinels,
      master,
      sentinelUsername: values.REDIS_SENTINEL_USERNAME,
      sentinelPassword: values.REDIS_SENTINEL_PASSWORD,
      ...many,
    };
  return cluster === undefined ? undefined : { cluster, ...many };
}

/** Returns every secret text of the address. */
export function secretsOfRedis(address: RedisAddress | undefined): readonly string[] {
  if (address === undefined) return [];
  const secrets = [address.password, address.tls?.key];
  if ('url' in address) secrets.push(...passwordsOf(address.url));
  if ('sentinels' in address) secrets.push(address.sentinelPassword);
  return secrets.filter((secret) => secret !== undefined);
}

/** Returns the password as in the URL and decoded. */
export function passwordsOf(url: string): readonly string[] {
  const { password } = new URL(url);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // it has a lone %
  }
}

/** Describes the address for messages: hosts and ports, without user and password. */
export function describeRedis(address: RedisAddress): string {
  const list = (nodes: readonly HostPort[]) =>
    nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  if ('sentinels' in address) return `${address.master} of the Sentinels ${list(address.sentinels)}`;
  if ('cluster' in address) return `the cluster ${list(address.cluster)}`;
  const { protocol, hostname, port, pathname } = new URL(address.url);
  return protocol === 'unix:' ? pathname : `${hostname}:${port === '' ? 6_379 : port}`;
}
