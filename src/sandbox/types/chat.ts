import type { ShownReply } from './exchange.js';

/** A line of the chat as the follower sees it. */
export interface ChatItem {
  readonly id: string;
  readonly follower: string;
  readonly atMs: number;
  readonly from: 'follower' | 'account' | 'system';
  /** The channel: push of the follower, passive reply, customer-service message, … */
  readonly via:
    'push' | 'passive' | 'customer-service' | 'template' | 'notice' | 'subscribe-once' | 'platform';
  readonly shown: ShownReply;
  /** The push it belongs to; for later messages the follower's last push. */
  readonly exchange?: string;
  /** For later messages: time since the start of that push. */
  readonly afterMs?: number;
  /** For messages that came by an API call: its id. */
  readonly call?: string;
}

export type ClientPlatform = 1 | 2 | 3;

export interface Follower {
  readonly openId: string;
  readonly unionId: string;
  readonly nickname: string;
  readonly following: boolean;
  readonly followedAtMs: number;
  readonly scene: string;
  readonly qrScene: string;
  readonly remark: string;
  readonly tagIds: readonly number[];
  /** The phone, for conditional menus (`client_platform_type`): 1 iOS, 2 Android, 3 others. */
  readonly clientPlatform: ClientPlatform;
  readonly blacklisted: boolean;
  /** The user switched messages off: sends fail with 48002, templates with "failed:user block". */
  readonly refusesMessages: boolean;
  /** Template id → opt-ins left for subscription notices. */
  readonly optIns: Readonly<Record<string, number>>;
  /** While "对方正在输入…" is shown. */
  readonly typingUntilMs?: number;
}

export interface MenuButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  readonly appid?: string;
  readonly pagepath?: string;
  readonly media_id?: string;
  readonly article_id?: string;
  readonly sub_button?: readonly MenuButton[];
}

/** `GET /api/menu?follower=`. */
export interface MenuView {
  /** The menu at WeChat; null: there is none. */
  readonly current: readonly MenuButton[] | null;
  /** The menu on this follower's phone, which fetches it on entering the chat if its copy is 5 minutes old. */
  readonly seen: readonly MenuButton[] | null;
  readonly seenAtMs?: number;
}
