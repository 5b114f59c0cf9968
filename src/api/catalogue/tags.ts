import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';
import type { OpenIdPage } from './users.js';

export interface Tagging {
  readonly openid_list: readonly OpenId[];
  readonly tagid: number;
}

const NAME = { 'tag.name': { characters: [1, 30] } } as const;
const FIFTY = { openid_list: { items: [1, 50] } } as const;

/** Tags (用户标签): 100 in an account, 20 on a user. The ids 0 to 2 are the system's (45058). */
export const tags = (on: CallExecutor) => ({
  /** Creates a tag. 45157 the name is taken, 45056 there are 100. Source: 创建标签. */
  create: endpoint<
    { readonly tag: { readonly name: string } },
    { readonly tag: { readonly id: number; readonly name: string } }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/tags/create',
    idempotent: false,
    quota: 'tag create',
    answer: ['tag'],
    limits: NAME,
  }),
  /** Lists all tags with their number of users. Source: 获取标签. */
  list: endpoint<
    {},
    { readonly tags: readonly { readonly id: number; readonly name: string; readonly count: number }[] }
  >(on, {
    method: 'GET',
    path: '/cgi-bin/tags/get',
    idempotent: true,
    quota: 'tag list',
    answer: ['tags'],
  }),
  /** Renames a tag. Source: 编辑标签. */
  update: endpoint<{ readonly tag: { readonly id: number; readonly name: string } }>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/update',
    idempotent: true,
    quota: 'tag rename',
    limits: NAME,
  }),
  /** Deletes a tag. 45057: more than 100,000 users have it; remove it from some first. Source: 删除标签. */
  remove: endpoint<{ readonly tag: { readonly id: number } }>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/delete',
    idempotent: false,
  }),
  /** Lists a page of the users with a tag. `api.all.fansOfTag` iterates. Source: 获取标签下粉丝列表. */
  fans: endpoint<{ readonly tagid: number; readonly next_openid?: string }, Omit<OpenIdPage, 'total'>>(on, {
    method: 'POST',
    path: '/cgi-bin/user/tag/get',
    idempotent: true,
    answer: ['count'],
  }),
  /** Adds a tag to up to 50 users. 45059: one of them has 20. Source: 批量为用户打标签. */
  tag: endpoint<Tagging>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchtagging',
    idempotent: true,
    quota: 'tag members',
    limits: FIFTY,
  }),
  /** Removes a tag from up to 50 users. Source: 批量为用户取消标签. */
  untag: endpoint<Tagging>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchuntagging',
    idempotent: true,
    quota: 'tag members',
    limits: FIFTY,
  }),
  /** Lists the tags of a user. Source: 获取用户的标签列表. */
  ofUser: endpoint<{ readonly openid: OpenId }, { readonly tagid_list: readonly number[] }>(on, {
    method: 'POST',
    path: '/cgi-bin/tags/getidlist',
    idempotent: true,
    answer: ['tagid_list'],
  }),
});
