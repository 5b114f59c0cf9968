import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';

export interface AgentAndUser {
  readonly kf_account: string;
  readonly openid: OpenId;
}

/** Times in Unix seconds. Older answers have `kf_account` and `createtime` instead of `latest_time`. */
export interface WaitingUser {
  readonly openid: OpenId;
  readonly latest_time?: number;
  readonly createtime?: number;
  readonly kf_account?: string;
}

/**
 * Sessions between agents and users (会话控制). While an agent serves, pushes still come here: answer them with
 * `reply.toStaff()`.
 */
export const sessions = (on: CallExecutor) => ({
  /** Transfers a user to an agent, who must be online (65415) and bound (65402). Source: 创建会话. */
  create: endpoint<AgentAndUser>(on, {
    method: 'POST',
    path: '/customservice/kfsession/create',
    idempotent: false,
  }),
  /** Ends a session. 65413 there is none, 65414 another agent serves. Source: 关闭会话. */
  close: endpoint<AgentAndUser>(on, {
    method: 'POST',
    path: '/customservice/kfsession/close',
    idempotent: false,
  }),
  /** Reads the agent who serves a user, and since when (Unix s); an empty `kf_account` is nobody. Source: 获取客户会话状态. */
  ofUser: endpoint<
    { readonly openid: OpenId },
    { readonly kf_account: string; readonly createtime?: number }
  >(on, {
    method: 'GET',
    path: '/customservice/kfsession/getsession',
    idempotent: true,
    answer: ['kf_account'],
  }),
  /** Lists the users that an agent serves. Source: 获取客服会话列表. */
  ofAgent: endpoint<
    { readonly kf_account: string },
    { readonly sessionlist: readonly { readonly openid: OpenId; readonly createtime: number }[] }
  >(on, {
    method: 'GET',
    path: '/customservice/kfsession/getsessionlist',
    idempotent: true,
    answer: ['sessionlist'],
  }),
  /** Lists the 100 users who wait longest, oldest first, and how many wait. No paging. Source: 获取未接入会话列表. */
  waiting: endpoint<{}, { readonly count: number; readonly waitcaselist?: readonly WaitingUser[] }>(on, {
    method: 'GET',
    path: '/customservice/kfsession/getwaitcase',
    idempotent: true,
    answer: ['count'],
  }),
});
