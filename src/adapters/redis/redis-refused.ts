import type { Redis } from 'ioredis';
import type { RedisAddress } from '../../config/redis-config.js';
import { AppError } from '../../protocol/app-error.js';
import type { Words } from '../../protocol/words.js';
import { reasonOf } from './reason-of.js';

/** Redis refuses the connection or a command, and waiting does not help. */
export class RedisRefused extends AppError {
  readonly code = 'redis_refused';
  constructor(reason: string, address: RedisAddress) {
    const advice = adviceFor(reason, address) ?? SEE_ITS_LOG;
    super({
      en: `Redis refuses this server (${reason}): ${advice.en}.`,
      zh: `Redis 拒绝本服务（${reason}）：${advice.zh.trimStart()}。`,
    });
  }
}

const SEE_ITS_LOG: Words = { en: 'see what its log says', zh: '请看它的日志' };

/** Prefix of the reason of a refusal by a Sentinel. */
export const SENTINEL = 'SENTINEL_';
/** Reason for a version that the queue does not support. */
export const TOO_OLD = 'TOO_OLD';

const RIGHTS = 'ACL SETUSER name ~{wechat}* +@all -@dangerous';

/** Advice by the first word of Redis's error. `account`: the variables of user and password. */
const ADVICE: ReadonlyMap<string, (account: Words) => Words> = new Map<string, (account: Words) => Words>([
  [
    'WRONGPASS',
    (account) => ({
      en: `the user or password in ${account.en} is wrong`,
      zh: `${account.zh}里的用户名或密码不对，请改正`,
    }),
  ],
  [
    'NOAUTH',
    (account) => ({
      en: `it requires a password; put it in ${account.en}`,
      zh: `它需要密码，请写进${account.zh}`,
    }),
  ],
  [
    'NOPERM',
    (account) => ({
      en: `the user in ${account.en} lacks permissions. It needs the keys that begin with {wechat} and every command except the dangerous ones: ${RIGHTS}`,
      zh: `${account.zh}里的用户权限不够。它需要以 {wechat} 开头的键，以及危险命令之外的全部命令：${RIGHTS}`,
    }),
  ],
  [
    'MOVED',
    () => ({
      en: 'it is a cluster node; name some nodes in REDIS_CLUSTER instead of REDIS_URL',
      zh: '它是集群的节点，请改用 REDIS_CLUSTER 写上几个节点，不要用 REDIS_URL',
    }),
  ],
  [
    TOO_OLD,
    () => ({
      en: 'it is older than 6.2, which the queue needs; use 6.2 or newer',
      zh: '它的版本低于队列需要的 6.2，请用 6.2 或更新的版本',
    }),
  ],
  [
    `${SENTINEL}WRONGPASS`,
    () => ({
      en: 'the password in REDIS_SENTINEL_PASSWORD is wrong',
      zh: 'REDIS_SENTINEL_PASSWORD 里的密码不对，请改正',
    }),
  ],
  [
    `${SENTINEL}NOAUTH`,
    () => ({
      en: 'the Sentinels require a password; put it in REDIS_SENTINEL_PASSWORD',
      zh: 'Sentinel 需要密码，请写进 REDIS_SENTINEL_PASSWORD',
    }),
  ],
  [
    `${SENTINEL}NOPERM`,
    () => ({
      en: 'the user in REDIS_SENTINEL_USERNAME is not allowed to ask for the primary; grant +sentinel|get-master-addr-by-name',
      zh: 'REDIS_SENTINEL_USERNAME 里的用户无权查询主节点，请授权：+sentinel|get-master-addr-by-name',
    }),
  ],
  [
    'NO_SUCH_MASTER',
    () => ({
      en: 'the Sentinels do not know the primary named in REDIS_MASTER; `SENTINEL MASTERS` lists their names',
      zh: 'Sentinel 里没有 REDIS_MASTER 所写的主节点，用 `SENTINEL MASTERS` 可以列出它们的名字',
    }),
  ],
  [
    'NOT_A_SENTINEL',
    () => ({
      en: 'REDIS_SENTINELS names a server that is not a Sentinel; they usually listen on 26379',
      zh: 'REDIS_SENTINELS 里写的不是 Sentinel，它的端口通常是 26379',
    }),
  ],
  [
    'NOT_A_CLUSTER',
    () => ({
      en: 'REDIS_CLUSTER names a Redis that is not a cluster node; use REDIS_URL for it',
      zh: 'REDIS_CLUSTER 里写的 Redis 不是集群节点，请改用 REDIS_URL',
    }),
  ],
]);

/** Codes of Node and OpenSSL for a failed TLS handshake. */
const TLS_FAULT =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|EPROTO$)/;

const IN_URL: Words = {
  en: 'REDIS_URL (redis://:password@host or redis://user:password@host)',
  zh: ' REDIS_URL（redis://:密码@主机 或 redis://用户:密码@主机）',
};
const IN_VARIABLES: Words = {
  en: 'REDIS_USERNAME and REDIS_PASSWORD',
  zh: ' REDIS_USERNAME 和 REDIS_PASSWORD ',
};

/** Returns advice for a permanent refusal; `undefined`: waiting may help. */
export function adviceFor(reason: string, address: RedisAddress): Words | undefined {
  if (TLS_FAULT.test(reason)) return tlsAdvice(reason);
  const inUrl = 'url' in address && address.password === undefined;
  return ADVICE.get(reason)?.(inUrl ? IN_URL : IN_VARIABLES);
}

function tlsAdvice(reason: string): Words {
  if (reason === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      en: 'its certificate is for another name or address. Use the name that it is for, or a certificate that lists this one',
      zh: '它的证书是签发给另一个名字或地址的。请用证书上的名字，或者换一张包含这个名字的证书',
    };
  if (reason === 'CERT_HAS_EXPIRED' || reason === 'CERT_NOT_YET_VALID')
    return {
      en: 'its certificate is not valid today. Renew it, or set the clock of this machine',
      zh: '它的证书不在有效期内。请更新证书，或者校准本机时钟',
    };
  if (reason === 'ERR_SSL_WRONG_VERSION_NUMBER' || reason === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return {
      en: 'its port does not support TLS. Use redis:// (REDIS_TLS=0), or its TLS port',
      zh: '这个端口不支持 TLS。请用 redis://（REDIS_TLS=0），或者换成 TLS 端口',
    };
  if (/ALERT|HANDSHAKE/.test(reason))
    return {
      en: 'it does not accept our client certificate. Set REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE to one that its authority signed',
      zh: '它不接受我们的客户端证书。请把 REDIS_TLS_CERT_FILE 和 REDIS_TLS_KEY_FILE 设为由它的 CA 签发的证书',
    };
  return {
    en: 'its certificate is signed by an authority that is not trusted here. Set REDIS_TLS_CA_FILE to the certificate of that authority',
    zh: '签发它的证书的 CA 在本机不受信任。请把 REDIS_TLS_CA_FILE 设为这个 CA 的证书',
  };
}

/** Records the last refusal of a connection until it is ready. */
export function noteRefusals(client: Redis, address: RedisAddress): () => string | undefined {
  let refusal: string | undefined;
  client.on('error', (error: unknown) => {
    const reason = reasonOf(error);
    if (adviceFor(reason, address) !== undefined) refusal = reason;
  });
  client.on('ready', () => (refusal = undefined));
  return () => refusal;
}

/** Runs a harmless command to check a required permission. @throws RedisRefused */
export async function demandRight(trial: Promise<unknown>, address: RedisAddress): Promise<void> {
  try {
    await trial;
  } catch (error) {
    const reason = reasonOf(error);
    // A cluster redirect is followed later. Any other error may be an outage, not a mistake in the settings.
    if (reason === 'MOVED' && 'cluster' in address) return;
    if (adviceFor(reason, address) !== undefined) throw new RedisRefused(reason, address);
  }
}
