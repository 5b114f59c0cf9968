import { endpoint, type CallExecutor } from './endpoint.js';

export interface IpList {
  /** Addresses and CIDR blocks; IPv6 is possible. Read it once a day, and keep the old list after a failure. */
  readonly ip_list: readonly string[];
}

export interface CheckRequest {
  readonly action: 'dns' | 'ping' | 'all';
  /** China Telecom, China Unicom, Tencent's own, or any. */
  readonly check_operator: 'CHINANET' | 'UNICOM' | 'CAP' | 'DEFAULT';
}

export interface CheckResult {
  readonly dns?: readonly { readonly ip: string; readonly real_operator: string }[];
  readonly ping?: readonly {
    readonly ip: string;
    readonly from_operator: string;
    /** `0%` or `100%`. */
    readonly package_loss: string;
    /** `23.079ms` */
    readonly time: string;
  }[];
}

/** The network between WeChat and us. */
export const network = (on: CallExecutor) => ({
  /** Reads the addresses that send pushes. Source: 获取微信推送服务器 IP. */
  callbackIps: endpoint<{}, IpList>(on, {
    method: 'GET',
    path: '/cgi-bin/getcallbackip',
    idempotent: true,
    answer: ['ip_list'],
  }),
  /** Reads the addresses of the API. Source: 获取微信 API 服务器 IP. */
  apiIps: endpoint<{}, IpList>(on, {
    method: 'GET',
    path: '/cgi-bin/get_api_domain_ip',
    idempotent: true,
    answer: ['ip_list'],
  }),
  /** Checks our callback URL from WeChat's network. 40201: none is set. Source: 网络通信检测. */
  check: endpoint<CheckRequest, CheckResult>(on, {
    method: 'POST',
    path: '/cgi-bin/callback/check',
    idempotent: true,
    answer: [],
  }),
});
