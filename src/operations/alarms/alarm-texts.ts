import type { AlarmName, AlarmText } from './alarm.js';

/** What the texts below are filled with. */
export interface AlarmFacts {
  readonly count: number;
  /** The reason, handler, API or errcode that the alarm is about. */
  readonly about?: string;
  /** One sentence of WeChat's or of ours that says more, without secrets. */
  readonly detail?: string;
}

/** The sentences of each alarm: what is wrong, and what to do about it. */
export const ALARM_TEXTS: { readonly [name in AlarmName]: (facts: AlarmFacts) => AlarmText } = {
  timeouts: ({ count }) => ({
    says: {
      zh: `5 分钟内有 ${count} 次推送没有在 5 秒内得到应答`,
      en: `${count} pushes in 5 minutes got no answer within 5 s`,
    },
    cure: {
      zh: '查看处理模块的耗时和服务器负载；微信在 5 分钟内失败 30 次时会向报警群告警',
      en: 'look at the times of the handlers and at the load; WeChat raises its own alarm at 30 failures in 5 minutes',
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
      en: `${count} pushes in 5 minutes were answered 503, since nothing could be stored`,
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
      en: `no push for ${Math.round(count / 60)} minutes, far longer than at this time of the last days`,
    },
    cure: {
      zh: '检查域名解析、证书、80/443 端口和服务器配置是否启用；运行 wechat-callback doctor --url <公网地址>',
      en: 'look at DNS, certificate, ports 80/443 and the server configuration; run wechat-callback doctor --url <public URL>',
    },
  }),
  token: ({ count, detail = '' }) => ({
    says: {
      zh: `已有 ${Math.round(count)} 秒取不到有效的 access_token${detail && `：${detail}`}`,
      en: `no valid access token for ${Math.round(count)} s${detail && `: ${detail}`}`,
    },
    cure: {
      zh: '按错误码处理；40164 需要把出口 IP 加入 IP 白名单',
      en: 'act on the errcode; for 40164 put the outgoing address on the IP whitelist',
    },
  }),
  foreign_refresher: ({ count }) => ({
    says: {
      zh: `有别的程序在获取这个账号的 access_token，使我们的提前失效（一天内 ${count} 次）`,
      en: `another program fetches access tokens of this account and ends ours (${count} times within a day)`,
    },
    cure: {
      zh: '让它改从本服务的 access_token 接口取（docs/token-centre.md），或改用 stable_token',
      en: 'let it take tokens from this server (docs/token-centre.md), or use stable_token',
    },
  }),
  quota: ({ count, about = '' }) => ({
    says: {
      zh: `接口 ${about} 今天的调用次数已用去 ${Math.round(count)}%`,
      en: `${Math.round(count)} % of today's calls of ${about} are used`,
    },
    cure: {
      zh: '减少调用，或在公众平台申请提额；每天零点（北京时间）清零',
      en: 'call it less, or apply for more in the console; counts start anew at midnight, Beijing time',
    },
  }),
  dead_letters: ({ count, about = '' }) => ({
    says: {
      zh: `5 分钟内有 ${count} 条回复没能送达用户，原因：${about}`,
      en: `${count} answers in 5 minutes reached nobody: ${about}`,
    },
    cure: {
      zh: '用 wechat-callback dead-letters 查看；处理原因后可重试',
      en: 'see them with wechat-callback dead-letters; mend the cause, then retry them',
    },
  }),
  late_backlog: ({ count }) => ({
    says: {
      zh: `最早一条待发的回复已等待 ${Math.round(count)} 秒`,
      en: `the oldest late answer has waited for ${Math.round(count)} s`,
    },
    cure: {
      zh: '检查 worker 是否在运行、接口是否限频，必要时增加 worker',
      en: 'is a worker running, does WeChat limit our calls? add workers if need be',
    },
  }),
  storage: ({ detail = '' }) => ({
    says: { zh: `存储异常：${detail}`, en: `storage: ${detail}` },
    cure: {
      zh: '检查 Redis、DATA_DIR 的磁盘空间与权限',
      en: 'look at Redis, and at space and rights of DATA_DIR',
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
};
