import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';

/**
 * A user. Without a subscription (`subscribe` 0) only the ids are present. No name, sex, place or picture since
 * December 2021.
 *
 * @example
 * const info: UserInfo = await api.users.info({ openid: user });
 */
export interface UserInfo {
  readonly subscribe: 0 | 1;
  readonly openid: OpenId;
  /**
   * Identifies the person across the accounts of one owner. Present only if this account is bound to an open-platform
   * account. Pushes do not contain it; only this call returns it.
   */
  readonly unionid?: string;
  /** Unix seconds. */
  readonly subscribe_time?: number;
  readonly remark?: string;
  readonly groupid?: number;
  readonly tagid_list?: readonly number[];
  /** `ADD_SCENE_SEARCH`, `ADD_SCENE_QR_CODE`, … */
  readonly subscribe_scene?: string;
  readonly qr_scene?: number;
  readonly qr_scene_str?: string;
  readonly language?: string;
}

export type Language = 'zh_CN' | 'zh_TW' | 'en';

/** A page of OpenIDs. The last one may still have a `next_openid`; the page after it has no `data`. */
export interface OpenIdPage {
  readonly total: number;
  readonly count: number;
  readonly data?: { readonly openid: readonly OpenId[] };
  readonly next_openid: string;
}

/** Users (用户管理). */
export const users = (on: CallExecutor) => ({
  /** Reads the remaining data of a user, including `unionid`. 40003: not of this account. Source: 获取用户基本信息. */
  info: endpoint<{ readonly openid: OpenId; readonly lang?: Language }, UserInfo>(on, {
    method: 'GET',
    path: '/cgi-bin/user/info',
    idempotent: true,
    quota: 'user info',
    answer: ['subscribe', 'openid'],
  }),
  /** Reads up to 100 users. Source: 批量获取用户基本信息. */
  batchInfo: endpoint<
    { readonly user_list: readonly { readonly openid: OpenId; readonly lang?: Language }[] },
    { readonly user_info_list: readonly UserInfo[] }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/user/info/batchget',
    idempotent: true,
    quota: 'user info',
    answer: ['user_info_list'],
    limits: { user_list: { items: [1, 100] } },
  }),
  /** Lists followers, 10,000 per page, from `next_openid` on. `api.all.followers` iterates. Source: 获取关注用户列表. */
  list: endpoint<{ readonly next_openid?: string }, OpenIdPage>(on, {
    method: 'GET',
    path: '/cgi-bin/user/get',
    idempotent: true,
    quota: 'follower list',
    answer: ['total', 'count'],
  }),
  /** Sets a remark name for a user, 29 bytes at most. Verified service accounts only. Source: 设置用户备注名. */
  remark: endpoint<{ readonly openid: OpenId; readonly remark: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/user/info/updateremark',
    idempotent: true,
    quota: 'remark',
    limits: { remark: { bytes: [0, 29] } },
  }),
  /** Maps OpenIDs of a migrated account to the users' OpenIDs here. Source: 转换 openid. */
  migrate: endpoint<
    { readonly from_appid: string; readonly openid_list: readonly string[] },
    {
      readonly result_list: readonly {
        readonly ori_openid: string;
        readonly new_openid?: OpenId;
        /** `ok`, or the reason why there is none. */
        readonly err_msg: string;
      }[];
    }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/changeopenid',
    idempotent: true,
    answer: ['result_list'],
    limits: { openid_list: { items: [1, 100] } },
  }),
});
