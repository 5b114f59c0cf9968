import { createHash } from 'node:crypto';
import type { ClientPlatform, Follower } from '../types/types.js';

/** The users of the account, following or not. */
export interface FollowerStore {
  list(): readonly Follower[];
  get(openId: string): Follower | undefined;
  /** Returns the user with this OpenID. A new OpenID becomes a follower, so that tests can use any. */
  getOrCreate(openId: string | undefined): Follower;
  add(about: NewFollower): Follower;
  change(openId: string, more: Partial<Follower>): Follower;
}

/** The known fields of a new follower; the others have defaults. */
export interface NewFollower {
  readonly nickname?: string;
  readonly openId?: string;
  readonly following?: boolean;
  /** Default 1: iOS. */
  readonly clientPlatform?: ClientPlatform;
}

/** One follower for each kind of phone. */
const FIRST: readonly NewFollower[] = [
  { nickname: '小明', clientPlatform: 1 },
  { nickname: '小红', clientPlatform: 2 },
  { nickname: 'Alex', clientPlatform: 3 },
];

export function createFollowerStore(deps: {
  readonly appId: string;
  now(): number;
  changed(follower: Follower): void;
}): FollowerStore {
  const followers = new Map<string, Follower>();
  let made = 0;

  function add(about: NewFollower): Follower {
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
      clientPlatform: about.clientPlatform ?? 1,
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

  for (const first of FIRST) add(first);
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

/** Returns an OpenID of 28 characters that begins with `o`. It is the same in every run, so that scripts can use it. */
function openIdFor(appId: string, number: number): string {
  return `o${digest(`${appId} ${number}`, 27)}`;
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
