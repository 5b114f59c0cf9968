import { createHash } from 'node:crypto';
import type { Follower } from '../types.js';

/** The users of the account, following or not. */
export interface FollowerStore {
  list(): readonly Follower[];
  get(openId: string): Follower | undefined;
  /** The one of that OpenID; a stranger becomes a follower, for a test may push under any OpenID it likes. */
  getOrCreate(openId: string | undefined): Follower;
  add(about: { nickname?: string; openId?: string; following?: boolean }): Follower;
  change(openId: string, more: Partial<Follower>): Follower;
}

const FIRST = ['小明', '小红', 'Alex'];

export function createFollowerStore(deps: {
  readonly appId: string;
  now(): number;
  changed(follower: Follower): void;
}): FollowerStore {
  const followers = new Map<string, Follower>();
  let made = 0;

  function add(about: { nickname?: string; openId?: string; following?: boolean }): Follower {
    made += 1;
    const openId = about.openId ?? openIdFor(deps.appId, made);
    const follower: Follower = {
      openId,
      unionId: `o6${digest(`union ${openId}`, 26)}`,
      nickname: about.nickname ?? `用户${made}`,
      following: about.following ?? true,
      followedAtMs: deps.now(),
      scene: 'ADD_SCENE_SEARCH',
      qrScene: '',
      remark: '',
      tagIds: [],
      blacklisted: false,
      refusesMessages: false,
      optIns: {},
    };
    followers.set(openId, follower);
    deps.changed(follower);
    return follower;
  }

  function meet(openId: string | undefined): Follower {
    const [first] = followers.values();
    if (openId === undefined) return first ?? add({});
    return followers.get(openId) ?? add({ openId });
  }

  for (const nickname of FIRST) add({ nickname });
  return {
    list: () => [...followers.values()],
    get: (openId) => followers.get(openId),
    getOrCreate: meet,
    add,
    change(openId, more) {
      const follower = { ...meet(openId), ...more };
      followers.set(openId, follower);
      deps.changed(follower);
      return follower;
    },
  };
}

/** The same in every run, so that scripts can name them: 28 characters that begin with `o`. */
function openIdFor(appId: string, number: number): string {
  return `o${digest(`${appId} ${number}`, 27)}`;
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
