import { endpoint, type CallExecutor } from './endpoint.js';

export interface Agent {
  /** `prefix@weixin-id` */
  readonly kf_account: string;
  readonly kf_nick: string;
  readonly kf_id: string;
  readonly kf_headimgurl?: string;
  /** The person's WeChat id, once bound. */
  readonly kf_wx?: string;
  readonly kf_openid?: string;
  /** WeChat id that was invited, end of the invitation (Unix s), and its state. */
  readonly invite_wx?: string;
  readonly invite_expire_time?: number;
  readonly invite_status?: 'waiting' | 'rejected' | 'expired';
}

export interface OnlineAgent {
  readonly kf_account: string;
  /** 0 offline, 1 online in the web client. */
  readonly status: number;
  readonly kf_id: string;
  /** Number of open sessions. */
  readonly accepted_case: number;
  readonly kf_openid?: string;
}

export interface NamedAgent {
  /** `prefix@weixin-id`: up to 10 letters, digits or `_`, then the account's WeChat id. */
  readonly kf_account: string;
  readonly nickname: string;
}

/** For customer service on behalf of a sub-merchant (客服子商户). Ordinary accounts leave it out. */
export interface SubMerchant {
  readonly business_id?: string;
}

const NICKNAME = { nickname: { characters: [1, 16] } } as const;

/** Agents (客服账号), 100 at most. The new customer service has to be enabled in the console (65400). */
export const agents = (on: CallExecutor) => ({
  /** All agents, bound and invited. Source: 获取所有客服账号. */
  list: endpoint<SubMerchant, { readonly kf_list: readonly Agent[] }>(on, {
    method: 'GET',
    path: '/cgi-bin/customservice/getkflist',
    idempotent: true,
    answer: ['kf_list'],
    ids: ['kf_list[].kf_id'],
  }),
  /** Agents that are online, with how many sessions they serve. Source: 获取在线客服. */
  online: endpoint<SubMerchant, { readonly kf_online_list: readonly OnlineAgent[] }>(on, {
    method: 'GET',
    path: '/cgi-bin/customservice/getonlinekflist',
    idempotent: true,
    answer: ['kf_online_list'],
    ids: ['kf_online_list[].kf_id'],
  }),
  /** Makes an agent. A person has to be invited before it can be used (65402). Source: 添加客服账号. */
  add: endpoint<NamedAgent & SubMerchant>(on, {
    method: 'POST',
    path: '/customservice/kfaccount/add',
    idempotent: false,
    limits: NICKNAME,
  }),
  /** Changes the nickname. Source: 设置客服信息. */
  update: endpoint<NamedAgent>(on, {
    method: 'POST',
    path: '/customservice/kfaccount/update',
    idempotent: true,
    limits: NICKNAME,
  }),
  /** Removes an agent. Source: 删除客服账号. */
  remove: endpoint<{ readonly kf_account: string }>(on, {
    method: 'POST',
    path: '/customservice/kfaccount/del',
    idempotent: false,
  }),
  /** Asks a person to become this agent; they confirm in WeChat. Refusals: 65407 to 65412. Source: 邀请绑定客服账号. */
  invite: endpoint<{ readonly kf_account: string; readonly invite_wx: string }>(on, {
    method: 'POST',
    path: '/customservice/kfaccount/inviteworker',
    idempotent: false,
  }),
});
