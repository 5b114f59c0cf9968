import type { SandboxState } from '../sandbox-state.js';
import type { Follower } from '../types/types.js';
import { knownFollower } from './customer-service-api.js';
import {
  asObject,
  jsonBody,
  listOf,
  OK,
  Refusal,
  textOf,
  type Endpoint,
  type JsonObject,
} from './endpoint.js';

const PAGE = 10_000;
const BATCH = 100;
const REMARK_BYTES = 30;

/** Users (用户管理), including UnionIDs. */
export const USER_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/user/info',
    method: 'GET',
    right: 'users',
    daily: [5_000_000, 500_000],
    handle({ query }, state) {
      if ((query['openid'] ?? '') === '') throw new Refusal(41009);
      return infoOf(knownFollower(state, query['openid'] ?? ''));
    },
  },
  {
    path: '/cgi-bin/user/info/batchget',
    method: 'POST',
    right: 'users',
    daily: [5_000_000, 500_000],
    handle(request, state) {
      const asked = listOf(jsonBody(request), 'user_list').map(asObject);
      if (asked.length === 0 || asked.length > BATCH) throw new Refusal(40032);
      return {
        user_info_list: asked.map((user) => infoOf(knownFollower(state, textOf(user, 'openid')))),
      };
    },
  },
  {
    path: '/cgi-bin/user/get',
    method: 'GET',
    right: 'users',
    daily: [500, 100],
    handle({ query }, state) {
      const all = state.followers.list().filter(({ following }) => following);
      return pageAfter(
        all.map(({ openId }) => openId),
        query['next_openid'] ?? '',
        PAGE,
      );
    },
  },
  {
    path: '/cgi-bin/user/info/updateremark',
    method: 'POST',
    right: 'users',
    daily: [10_000, 1_000],
    handle(request, state) {
      const body = jsonBody(request);
      const { openId } = knownFollower(state, textOf(body, 'openid'));
      const remark = textOf(body, 'remark');
      if (Buffer.byteLength(remark) >= REMARK_BYTES) throw new Refusal(40092);
      state.followers.change(openId, { remark });
      return OK;
    },
  },
];

/** Returns the user fields that WeChat still provides; only ids after an unsubscribe. No nickname since 2021. */
function infoOf(user: Follower): JsonObject {
  if (!user.following) return { subscribe: 0, openid: user.openId, unionid: user.unionId };
  const scene = Number(user.qrScene);
  const isNumber = user.qrScene !== '' && Number.isInteger(scene);
  return {
    subscribe: 1,
    openid: user.openId,
    language: 'zh_CN',
    subscribe_time: Math.floor(user.followedAtMs / 1000),
    unionid: user.unionId,
    remark: user.remark,
    groupid: user.tagIds[0] ?? 0,
    tagid_list: user.tagIds,
    subscribe_scene: user.scene,
    qr_scene: isNumber ? scene : 0,
    qr_scene_str: isNumber ? '' : user.qrScene,
  };
}

/** Returns a page of OpenIDs. The last page still has a `next_openid`; the page after it has no `data`. */
export function pageAfter(openIds: readonly string[], after: string, size: number): JsonObject {
  if (after !== '' && !openIds.includes(after)) throw new Refusal(40003);
  const openid = openIds.slice(after === '' ? 0 : openIds.indexOf(after) + 1).slice(0, size);
  const total = openIds.length;
  if (openid.length === 0) return { total, count: 0, next_openid: '' };
  return { total, count: openid.length, data: { openid }, next_openid: openid.at(-1) };
}

/** Returns the followers with these OpenIDs. @throws Refusal 49003 if the account does not know one of them */
export function knownAll(state: SandboxState, openIds: readonly string[], most: number): readonly Follower[] {
  if (openIds.length === 0 || openIds.length > most) throw new Refusal(40032);
  return openIds.map((openId) => {
    const follower = state.followers.get(openId);
    if (follower === undefined) throw new Refusal(49003);
    return follower;
  });
}
