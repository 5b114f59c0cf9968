import type { OpenId } from '../../protocol/ids.js';
import { endpoint, type CallExecutor } from './endpoint.js';

/** A mass message: one part, named like `msgtype`. */
export type MassMessage =
  | SharedMessage
  | {
      readonly msgtype: 'image';
      readonly images: {
        readonly media_ids: readonly string[];
        readonly recommend?: string;
        readonly need_open_comment?: 0 | 1;
        readonly only_fans_can_comment?: 0 | 1;
      };
    }
  | { readonly msgtype: 'wxcard'; readonly wxcard: { readonly card_id: string } };

/** A preview to one user. Here a picture is a single one, and a card has an owner. Source: 预览消息. */
export type PreviewMessage =
  | SharedMessage
  | { readonly msgtype: 'image'; readonly image: MediaRef }
  | {
      readonly msgtype: 'wxcard';
      /** `card_ext` is JSON as text: `code`, `openid`, `timestamp`, `signature`. */
      readonly wxcard: { readonly card_id: string; readonly card_ext?: string };
    };

type SharedMessage =
  | { readonly msgtype: 'mpnews'; readonly mpnews: MediaRef; readonly send_ignore_reprint?: 0 | 1 }
  | { readonly msgtype: 'text'; readonly text: { readonly content: string } }
  | { readonly msgtype: 'voice'; readonly voice: MediaRef }
  | { readonly msgtype: 'mpvideo'; readonly mpvideo: MediaRef };

export interface MediaRef {
  readonly media_id: string;
}

export interface Deduplicated {
  /** Up to 32 bytes. WeChat deduplicates by it for 24 hours, so a call without an answer can be repeated. */
  readonly clientmsgid?: string;
}

/** A job in WeChat's queue; its result is pushed as `event.MASSSENDJOBFINISH`. Ids are 64-bit numbers as text. */
export interface MassJob {
  readonly msg_id: string;
  /** For articles only. */
  readonly msg_data_id?: string;
}

const JOB = {
  method: 'POST',
  // 45065: the same clientmsgid was sent before, and the answer names its msg_id.
  alreadyDoneCodes: [45065],
  idempotent: ({ clientmsgid: id }: Deduplicated) => id !== undefined && id !== '',
  quota: 'mass send',
  answer: ['msg_id'],
  ids: ['msg_id', 'msg_data_id'],
} as const;
const CLIENT_ID = { clientmsgid: { bytes: [1, 32] } } as const;

/**
 * Mass sending (群发), which cannot be undone. A user gets four a month from a service account, one a day from a
 * subscription account (45028). 60 calls a minute.
 */
export const mass = (on: CallExecutor) => ({
  /**
   * Sends to all followers or to those with a tag. With API protection, sending to all needs the administrator's
   * confirmation (89504, 89505). Source: 根据标签群发消息.
   */
  sendAll: endpoint<
    {
      readonly filter: { readonly is_to_all: boolean; readonly tag_id?: number };
    } & MassMessage &
      Deduplicated,
    MassJob
  >(on, { ...JOB, path: '/cgi-bin/message/mass/sendall', limits: CLIENT_ID }),
  /** Sends to 2 to 10,000 users by OpenID. Verified service accounts only. Source: 根据 OpenID 列表群发消息. */
  send: endpoint<{ readonly touser: readonly OpenId[] } & MassMessage & Deduplicated, MassJob>(on, {
    ...JOB,
    path: '/cgi-bin/message/mass/send',
    limits: { ...CLIENT_ID, touser: { items: [2, 10_000] } },
  }),
  /** Sends a preview to one user; `towxname` takes precedence over `touser`. Source: 预览消息. */
  preview: endpoint<
    ({ readonly touser: OpenId } | { readonly towxname: string }) & PreviewMessage,
    { readonly msg_id?: string }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/message/mass/preview',
    idempotent: false,
    quota: 'mass preview',
    answer: [],
    ids: ['msg_id'],
  }),
  /** Converts a temporary video for mass messages (`mpvideo`). Source: 根据标签群发消息 (视频). */
  video: endpoint<
    { readonly media_id: string; readonly title: string; readonly description: string },
    { readonly type: 'video'; readonly media_id: string; readonly created_at: number }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/media/uploadvideo',
    idempotent: true,
    answer: ['media_id'],
  }),
  /** Reads the progress of a job. Source: 查询群发消息发送状态. */
  status: endpoint<
    { readonly msg_id: string },
    { readonly msg_id: string; readonly msg_status: 'SEND_SUCCESS' | 'SENDING' | 'SEND_FAIL' | 'DELETE' }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/message/mass/get',
    idempotent: true,
    answer: ['msg_status'],
    ids: ['msg_id'],
  }),
  /** Deletes the page of articles and videos; the card in the chats stays. Source: 删除群发消息. */
  remove: endpoint<{
    readonly msg_id: string | bigint;
    /** 1 is the first article; 0, or nothing, all of them. */
    readonly article_idx?: number;
    readonly url?: string;
  }>(on, { method: 'POST', path: '/cgi-bin/message/mass/delete', idempotent: true }),
  /** Reads the speed, 0 to 4: 800,000, 600,000, 450,000, 300,000, 100,000 a minute. Source: 获取群发速度. */
  speed: endpoint<{}, { readonly speed: number; readonly realspeed: number }>(on, {
    method: 'POST',
    path: '/cgi-bin/message/mass/speed/get',
    idempotent: true,
    answer: ['speed'],
  }),
  /** Sets the speed, 0 (fastest) to 4. Source: 设置群发速度. */
  setSpeed: endpoint<{ readonly speed: number }>(on, {
    method: 'POST',
    path: '/cgi-bin/message/mass/speed/set',
    idempotent: true,
    limits: { speed: { number: [0, 4] } },
  }),
});
