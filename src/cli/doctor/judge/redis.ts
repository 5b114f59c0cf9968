import { readSettings } from '../../../adapters/redis/redis-settings.js';
import { usable, type Facts } from '../facts.js';
import { fault, ok, skipped, warning, type Finding } from '../step.js';
import { settingsSkipped } from './not-seen.js';

export function judgeRedis(facts: Facts): Finding {
  const { redis } = facts;
  if (usable(facts) === undefined) return settingsSkipped;
  if (redis === undefined)
    return skipped('没有设置 Redis，数据在 DATA_DIR', 'no Redis is set: data is in DATA_DIR');
  const { place, refusal, info, tls } = redis;
  if (refusal !== undefined) return judgeRefusal(place, refusal, tls);
  if (info === undefined)
    return warning(
      {
        zh: `${place} 可用，但这个用户无权执行 INFO，看不到淘汰策略和持久化设置`,
        en: `${place} works, but its user is not allowed to use INFO: whether it evicts or loses data is unknown`,
      },
      {
        zh: '用管理员账号核对 maxmemory-policy 和 appendonly',
        en: 'check maxmemory-policy and appendonly as its administrator',
      },
    );
  const { version = '?', isTooOld, appendOnly, evictionPolicy = 'noeviction' } = readSettings(info);
  if (isTooOld)
    return fault(
      { zh: `${place} 是 Redis ${version}，太旧`, en: `${place} is Redis ${version}, which is too old` },
      { zh: '升级到 6.2 或更新的版本', en: 'use 6.2 or newer' },
    );
  if (evictionPolicy !== 'noeviction')
    return fault(
      {
        zh: `${place} 内存满时会淘汰数据（maxmemory-policy ${evictionPolicy}）：已答应用户的回复会丢`,
        en: `${place} evicts data when it is full (maxmemory-policy ${evictionPolicy}): promised answers get lost`,
      },
      {
        zh: 'CONFIG SET maxmemory-policy noeviction，并写进 redis.conf',
        en: 'CONFIG SET maxmemory-policy noeviction, and in redis.conf',
      },
    );
  if (appendOnly === false)
    return warning(
      {
        zh: `${place} 没有打开 AOF：Redis 崩溃会丢数据`,
        en: `${place} has no append-only file: if Redis crashes, data is lost`,
      },
      {
        zh: 'CONFIG SET appendonly yes，并写进 redis.conf',
        en: 'CONFIG SET appendonly yes, and in redis.conf',
      },
    );
  return ok(`${place}，Redis ${version}`, `${place}, Redis ${version}`);
}

function judgeRefusal(place: string, refusal: string, tls: boolean): Finding {
  const says = { zh: `${place} 无法使用（${refusal}）`, en: `${place} cannot be used (${refusal})` };
  if (refusal === 'WRONGPASS' || refusal === 'NOAUTH')
    return fault(says, {
      zh: '密码不对或没写：REDIS_URL 写成 redis://:密码@主机 或 redis://用户:密码@主机（特殊字符用百分号编码），或设置 REDIS_PASSWORD',
      en: 'the password is wrong or missing: REDIS_URL is redis://:password@host or redis://user:password@host, percent-encoded; or set REDIS_PASSWORD',
    });
  if (refusal === 'NOPERM')
    return fault(says, {
      zh: '这个用户权限不够：ACL SETUSER 用户名 ~{wechat}* +@all -@dangerous',
      en: 'its user lacks permissions: ACL SETUSER name ~{wechat}* +@all -@dangerous',
    });
  if (refusal === 'READONLY')
    return fault(says, {
      zh: '这是只读副本：REDIS_URL 要指向主节点',
      en: 'it is a replica: REDIS_URL has to name the primary',
    });
  if (refusal === 'MOVED')
    return fault(says, {
      zh: '这是集群节点：去掉 REDIS_URL，用 REDIS_CLUSTER=主机:端口,… 写出几个节点',
      en: 'it is a cluster node: name some nodes in REDIS_CLUSTER instead of REDIS_URL',
    });
  if (refusal === 'CLUSTERDOWN')
    return fault(says, {
      zh: '集群自己报告不可用：redis-cli cluster info 看是否有槽没有节点负责',
      en: 'the cluster reports itself as failed: look at redis-cli cluster info',
    });
  if (refusal === 'NO_SUCH_MASTER')
    return fault(says, {
      zh: 'Sentinel 不认识 REDIS_MASTER 里的名字：redis-cli -p 26379 sentinel masters 可列出',
      en: 'the Sentinels do not know the primary named in REDIS_MASTER: redis-cli -p 26379 sentinel masters lists them',
    });
  if (refusal === 'NOT_A_SENTINEL' || refusal === 'NOT_A_CLUSTER')
    return fault(says, {
      zh: '连到的不是 Sentinel（或不是集群节点）：单机 Redis 用 REDIS_URL，Sentinel 端口通常是 26379',
      en: 'it is not a Sentinel, or not a cluster node: for a standalone Redis use REDIS_URL; a Sentinel usually listens on 26379',
    });
  if (refusal.startsWith('SENTINEL_'))
    return fault(says, {
      zh: 'Sentinel 有自己的密码：设置 REDIS_SENTINEL_PASSWORD（和 REDIS_SENTINEL_USERNAME）',
      en: 'the Sentinels have their own password: set REDIS_SENTINEL_PASSWORD (and REDIS_SENTINEL_USERNAME)',
    });
  if (refusal === 'OOM' || refusal === 'MISCONF')
    return fault(says, {
      zh: '内存已满或无法落盘：在 Redis 的日志里看原因，加内存或清磁盘',
      en: 'it is out of memory or cannot write to its disk: see its log, and give it more memory or disk space',
    });
  if (
    /CERT|SELF_SIGNED|VERIFY|ALTNAME|SSL|EPROTO/.test(refusal) ||
    (tls && /TIMEDOUT|timeout/i.test(refusal))
  )
    return fault(says, {
      zh: 'TLS 握手失败：端口不支持 TLS 就用 redis://；证书由自己的 CA 签发时设置 REDIS_TLS_CA_FILE，要求客户端证书时设置 REDIS_TLS_CERT_FILE 和 REDIS_TLS_KEY_FILE',
      en: 'TLS failed: use redis:// if the port does not support TLS; for your own CA set REDIS_TLS_CA_FILE, for a client certificate REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE',
    });
  if (refusal === 'ECONNRESET' || refusal === 'disconnected')
    return fault(says, {
      zh: '连接被对方关闭：端口若只接受 TLS，REDIS_URL 要用 rediss://',
      en: 'the far end closed the connection: if the port only accepts TLS, REDIS_URL has to begin with rediss://',
    });
  return fault(says, {
    zh: '确认 Redis 在运行、主机和端口写对、防火墙放行；在恢复之前服务会用 DATA_DIR 里的 journal 顶替',
    en: 'check that Redis is running, that host and port are right, and that no firewall blocks it; until it is back, the journal in DATA_DIR stands in',
  });
}
