import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';
import type { OpenIdPage } from './users.js';

export interface OpenIdList {
  readonly openid_list: readonly OpenId[];
}

const TWENTY = { openid_list: { items: [1, 20] } } as const;

/** The blacklist (黑名单). Its users neither get nor send messages. */
export const blacklist = (on: CallExecutor) => ({
  /**
   * Lists 1,000 users per page; only here the cursor is called `begin_openid`. `api.all.blacklist` iterates. Source:
   * 获取黑名单列表.
   */
  list: endpoint<{ readonly begin_openid?: string }, OpenIdPage>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/members/getblacklist',
    idempotent: true,
    answer: ['count'],
  }),
  /** Adds up to 20 users. Source: 拉黑用户. */
  add: endpoint<OpenIdList>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchblacklist',
    idempotent: true,
    limits: TWENTY,
  }),
  /** Removes up to 20 users. Source: 取消拉黑用户. */
  remove: endpoint<OpenIdList>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchunblacklist',
    idempotent: true,
    limits: TWENTY,
  }),
});
