import { endpoint, type CallExecutor } from './endpoint.js';

export interface Rate {
  readonly call_count: number;
  readonly refresh_second: number;
}

/** Quotas (openApi 管理): reads and clears them. Test accounts cannot clear. */
export const quotas = (on: CallExecutor) => ({
  /**
   * Reads how much of one API's quota is used and left today: `cgi_path` from `/cgi-bin` on, without host and query. 76021 no such path,
   * 76022 not this account's, 76003 wrong beginning. Source: 查询 API 调用额度.
   */
  get: endpoint<
    { readonly cgi_path: string },
    {
      readonly quota: { readonly daily_limit: number; readonly used: number; readonly remain: number };
      readonly rate_limit?: Rate;
      readonly component_rate_limit?: Rate;
    }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/openapi/quota/get',
    idempotent: true,
    answer: ['quota'],
  }),
  /** Clears the counter of one API: 50 times a month. @throws ApiBudgetSpent. Source: 重置指定 API 调用次数. */
  clear: endpoint<{ readonly cgi_path: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/openapi/quota/clear',
    idempotent: false,
    quota: 'clear one quota',
    budget: true,
  }),
  /**
   * Clears all counters: ten times a month, including the console's (48006). @throws ApiBudgetSpent. Source: 重置 API
   * 调用次数.
   */
  clearAll: endpoint<{ readonly appid: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/clear_quota',
    idempotent: false,
    quota: 'clear all quotas',
    budget: true,
  }),
  /**
   * Clears all counters without an access token, for the case that even its quota is used up. @throws ApiBudgetSpent.
   * Source: 使用 AppSecret 重置 API 调用次数.
   */
  clearAllBySecret: endpoint<{ readonly appid: string; readonly appsecret: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/clear_quota/v2',
    idempotent: false,
    quota: 'clear all quotas',
    budget: true,
    token: false,
  }),
  /**
   * Reads WeChat's record of a call by its rid, for seven days (76004). The answer holds bodies and a part of the token:
   * keep it out of logs. Source: 查询 rid 信息.
   */
  rid: endpoint<
    { readonly rid: string },
    {
      readonly request: {
        /** Unix seconds. */
        readonly invoke_time: number;
        readonly cost_in_ms: number;
        readonly request_url: string;
        readonly request_body: string;
        readonly response_body: string;
        readonly client_ip: string;
      };
    }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/openapi/rid/get',
    idempotent: true,
    answer: ['request'],
  }),
});
