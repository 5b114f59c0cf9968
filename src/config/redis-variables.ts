import { z } from 'zod';
import { anyText, trimmed, wholeNumber } from './value-schemas.js';
import type { Variable } from './variable.js';

const isUrl = (text: string): boolean => URL.canParse(text);
const isTcpUrl = (text: string): boolean =>
  /^rediss?:\/\/\S+$/.test(text) && isUrl(text) && /^(?:\/\d*)?$/.test(new URL(text).pathname);
/** True for `unix:///path/of/the.sock[?db=1]`, without user and password, which have variables of their own. */
const isSocketUrl = (text: string): boolean =>
  /^unix:\/\/\S+$/.test(text) && isUrl(text) && new URL(text).pathname.length > 1;

/** Parses `host:port,…` with a default port; an IPv6 address is in brackets. */
const nodes = (defaultPort: number) =>
  trimmed
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(z.string().regex(/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/)).min(1))
    .transform((texts) =>
      texts.map((text) => {
        const [, host = '', port] = /^(\[.+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
        return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? defaultPort : Number(port) };
      }),
    );

const pem = anyText.refine((text) => text.includes('-----BEGIN '));

/** Variables of Redis; see docs/scaling.md. */
export const redisVariables = {
  REDIS_URL: {
    schema: trimmed.refine((text) => isTcpUrl(text) || isSocketUrl(text)),
    allowed: {
      en: 'redis://… or rediss://…, optionally with a database number after the last /, or unix:///path/of/redis.sock',
      zh: 'redis://… 或 rediss://…，最后一个 / 之后可以写数据库编号；也可以是 unix:///path/of/redis.sock',
    },
    without: 'embedded store in DATA_DIR, for a single process',
    secret: true,
    meaning: 'Redis for records and deferred work; any number of processes share it.',
  },
  REDIS_SENTINELS: {
    schema: nodes(26_379),
    allowed: { en: 'host:port,… of the Sentinels', zh: '各个 Sentinel 的 host:port，用逗号分隔' },
    without: 'no Sentinel',
    meaning: 'Sentinels that know the primary, instead of REDIS_URL; requires REDIS_MASTER.',
  },
  REDIS_MASTER: {
    schema: trimmed.regex(/^[\w.-]+$/),
    allowed: {
      en: 'the name that the Sentinels know the primary by, such as mymaster',
      zh: 'Sentinel 里主节点的名字，例如 mymaster',
    },
    without: 'no Sentinel',
    meaning: 'Name of the primary, as given to `sentinel monitor`.',
  },
  REDIS_SENTINEL_USERNAME: {
    schema: trimmed.min(1),
    allowed: { en: 'the ACL user of the Sentinels', zh: 'Sentinel 的 ACL 用户' },
    without: 'their default user',
    meaning: 'ACL user of the Sentinels.',
  },
  REDIS_SENTINEL_PASSWORD: {
    schema: anyText.min(1),
    allowed: { en: 'the password of the Sentinels', zh: 'Sentinel 的密码' },
    without: 'none',
    secret: true,
    meaning: 'Password of the Sentinels, separate from that of Redis.',
  },
  REDIS_CLUSTER: {
    schema: nodes(6_379),
    allowed: { en: 'host:port,… of some nodes of the cluster', zh: '集群中几个节点的 host:port，用逗号分隔' },
    without: 'no cluster',
    meaning: 'Nodes of a Redis Cluster, instead of REDIS_URL. All data is on one of them.',
  },
  REDIS_USERNAME: {
    schema: trimmed.min(1),
    allowed: { en: 'an ACL user', zh: '一个 ACL 用户' },
    without: 'that of REDIS_URL, else the default user',
    meaning: 'ACL user of Redis.',
  },
  REDIS_PASSWORD: {
    schema: anyText.min(1),
    allowed: { en: 'the password of Redis', zh: 'Redis 的密码' },
    without: 'that of REDIS_URL, else none',
    secret: true,
    meaning: 'Password of Redis; preferably as REDIS_PASSWORD_FILE.',
  },
  REDIS_TLS: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: { en: '1 or 0 (true or false, on or off)', zh: '1 或 0（也可以写 true 或 false、on 或 off）' },
    without: 'on with rediss://, else off',
    meaning: 'Use TLS with Sentinels, primary and cluster. With REDIS_URL, write rediss:// instead.',
  },
  REDIS_TLS_CA: {
    schema: pem,
    allowed: {
      en: 'certificates as PEM, preferably as REDIS_TLS_CA_FILE',
      zh: 'PEM 格式的证书，最好用 REDIS_TLS_CA_FILE',
    },
    without: 'the authorities that Node knows',
    meaning: 'Authority that signed the certificate of Redis, as PEM.',
  },
  REDIS_TLS_CERT: {
    schema: pem,
    allowed: {
      en: 'a certificate as PEM, preferably as REDIS_TLS_CERT_FILE',
      zh: 'PEM 格式的证书，最好用 REDIS_TLS_CERT_FILE',
    },
    without: 'none',
    meaning: 'Client certificate for Redis, as PEM; together with REDIS_TLS_KEY.',
  },
  REDIS_TLS_KEY: {
    schema: pem,
    allowed: {
      en: 'a private key as PEM, preferably as REDIS_TLS_KEY_FILE',
      zh: 'PEM 格式的私钥，最好用 REDIS_TLS_KEY_FILE',
    },
    without: 'none',
    secret: true,
    meaning: 'Private key of the client certificate, as PEM.',
  },
  REDIS_WAIT_REPLICAS: {
    schema: trimmed
      .toLowerCase()
      .pipe(z.union([z.literal('all').transform(() => Number.MAX_SAFE_INTEGER), wholeNumber(0, 10)])),
    allowed: { en: 'all, or a whole number from 0 to 10', zh: 'all，或者 0 到 10 的整数' },
    without: 'all with Sentinel or a cluster, else 0',
    meaning: 'Number of online replicas that must confirm a change before it counts as stored.',
  },
} as const satisfies Record<string, Variable>;
