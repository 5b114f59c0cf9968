import type { Words } from '../../protocol/words.js';
import type { AlarmName, AlarmText } from './alarm.js';

/** Values for the placeholders of the texts below. */
export interface AlarmFacts {
  readonly count: number;
  /** The reason, handler, API or errcode that the alarm is about. */
  readonly about?: string;
  /** A sentence with details, without secrets. */
  readonly detail?: Words | undefined;
}

/** The texts of each alarm: the fault and the remedy. */
export const ALARM_TEXTS: { readonly [name in AlarmName]: (facts: AlarmFacts) => AlarmText } = {
  timeouts: ({ count }) => ({
    says: {
      zh: `5 分钟内有 ${count} 次推送没有在 5 秒内得到应答`,
      en: `${count} pushes in 5 minutes got no answer within 5 s`,
    },
    cure: {
      zh: '查看处理模块的耗时和服务器负载；微信在 5 分钟内失败 30 次时会向报警群告警',
      en: 'check how long the handlers take, and the load; WeChat raises its own alarm at 30 failures in 5 minutes',
    },
  }),
  refusals: ({ count, about = '' }) => ({
    says: {
      zh: `5 分钟内拒绝了 ${count} 个带签名的请求，原因：${about}`,
      en: `${count} signed requests were refused in 5 minutes: ${about}`,
    },
    cure: {
      zh: '核对 Token、EncodingAESKey、加解密方式与公众平台是否一致；运行 wechat-callback doctor 可定位到具体一项',
      en: 'compare Token, EncodingAESKey and cipher mode with the console; wechat-callback doctor names the one that differs',
    },
  }),
  unavailable: ({ count }) => ({
    says: {
      zh: `5 分钟内有 ${count} 次推送因无法存储而返回 503`,
      en: `${count} pushes in 5 minutes were answered with 503 because nothing could be stored`,
    },
    cure: {
      zh: '检查 Redis 与 DATA_DIR 所在磁盘',
      en: 'look at Redis and at the disk of DATA_DIR',
    },
  }),
  unheard: ({ count }) => ({
    says: {
      zh: `5 分钟内有 ${count} 条推送已经应答，微信却再次推送：应答没有送到微信`,
      en: `${count} pushes in 5 minutes came again although they had been answered: the answer does not reach WeChat`,
    },
    cure: {
      zh: '检查前面的代理：是否缓冲、改写应答，或返回了 200 以外的状态码',
      en: 'look at the proxy in front: does it buffer or change answers, or their status?',
    },
  }),
  silence: ({ count }) => ({
    says: {
      zh: `已有 ${Math.round(count / 60)} 分钟没有收到任何推送，远长于往日同一时段`,
      en: `no push for ${Math.round(count / 60)} minutes, far longer than at this time on previous days`,
    },
    cure: {
      zh: '检查域名解析、证书、80/443 端口和服务器配置是否启用；运行 wechat-callback doctor --url <公网地址>',
      en: 'look at DNS, certificate, ports 80/443 and the server configuration; run wechat-callback doctor --url <public URL>',
    },
  }),
  token: ({ count, detail }) => ({
    says: {
      zh: `已有 ${Math.round(count)} 秒取不到有效的 access_token${detail === undefined ? '' : `：${detail.zh}`}`,
      en: `no valid access token for ${Math.round(count)} s${detail === undefined ? '' : `: ${detail.en}`}`,
    },
    cure: {
      zh: '按错误码处理；40164 需要把出口 IP 加入 IP 白名单',
      en: 'act on the errcode; for 40164 put the outgoing address on the IP whitelist',
    },
  }),
  foreign_refresher: ({ count }) => ({
    says: {
      zh: `有别的程序在获取这个账号的 access_token，使我们的提前失效（一天内 ${count} 次）`,
      en: `another program fetches access tokens for this account and invalidates ours (${count} times within a day)`,
    },
    cure: {
      zh: '让它改从本服务取（管理端口的 GET /accounts/<name>/token），或改用 stable_token',
      en: 'let it get tokens from this server (GET /accounts/<name>/token at the admin listener), or use stable_token',
    },
  }),
  quota: ({ count, about = '' }) => ({
    says: {
      zh: `接口 ${about} 今天的调用次数已用去 ${Math.round(count)}%`,
      en: `${Math.round(count)} % of today's calls of ${about} are used`,
    },
    cure: {
      zh: '减少调用，或在公众平台申请提额；每天零点（北京时间）清零',
      en: 'call it less, or apply for more in the console; counts reset at midnight, Beijing time',
    },
  }),
  dead_letters: ({ count, about = '' }) => ({
    says: {
      zh: `5 分钟内有 ${count} 条回复没能送达用户，原因：${about}`,
      en: `${count} answers in 5 minutes reached nobody: ${about}`,
    },
    cure: {
      zh: '用 wechat-callback dead-letters 查看；处理原因后可重试',
      en: 'see them with wechat-callback dead-letters; fix the cause, then retry them',
    },
  }),
  late_backlog: ({ count }) => ({
    says: {
      zh: `最早一条待发的回复已等待 ${Math.round(count)} 秒`,
      en: `the oldest late answer has waited for ${Math.round(count)} s`,
    },
    cure: {
      zh: '检查 worker 是否在运行、接口是否限频，必要时增加 worker',
      en: 'check that a worker is running and that WeChat does not limit our calls; add workers if needed',
    },
  }),
  storage: ({ detail }) => ({
    says: { zh: `存储异常：${detail?.zh ?? ''}`, en: `storage: ${detail?.en ?? ''}` },
    cure: {
      zh: '检查 Redis，以及 DATA_DIR、RECORD_DIR 的磁盘空间与权限',
      en: 'check Redis, and the disk space and permissions of DATA_DIR and RECORD_DIR',
    },
  }),
  handler_errors: ({ count, about = '' }) => ({
    says: {
      zh: `处理模块 ${about} 在 5 分钟内抛错 ${count} 次`,
      en: `the handler ${about} threw ${count} times in 5 minutes`,
    },
    cure: {
      zh: '在日志中查找 "handler threw" 与对应的 pushId',
      en: 'look for "handler threw" and its pushId in the log',
    },
  }),
  settings: () => ({
    says: {
      zh: '新的配置有错误，没有生效，服务沿用原来的账号；现在重启会启动失败',
      en: 'the new settings have faults and are not used: the accounts stay as they were, and a restart would fail',
    },
    cure: {
      zh: '在日志中查找 "settings not reloaded"，改正账号文件或 .env 后会自动重新读取，或发送 SIGHUP',
      en: 'look for "settings not reloaded" in the log and correct the accounts file, which is read again by itself, or .env, and send SIGHUP',
    },
  }),
};
