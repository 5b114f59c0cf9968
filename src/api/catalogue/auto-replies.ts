import { endpoint, type CallExecutor } from './endpoint.js';

export interface ReplyInfo {
  readonly type: string;
  readonly content: string;
}

export interface KeywordRule {
  readonly rule_name: string;
  /** Unix seconds. */
  readonly create_time: number;
  /** `reply_all` or `random_one`. */
  readonly reply_mode: string;
  readonly keyword_list_info: readonly {
    readonly type: string;
    /** `contain` or `equal`. */
    readonly match_mode: string;
    readonly content: string;
  }[];
  readonly reply_list_info: readonly (ReplyInfo & { readonly news_info?: object })[];
}

/** The automatic replies of the console (自动回复). They are off while a callback server is on. */
export const autoReplies = (on: CallExecutor) => ({
  /** Reads the current rules. Every account may. Source: 获取公众号的自动回复规则. */
  current: endpoint<
    {},
    {
      readonly is_add_friend_reply_open: number;
      readonly is_autoreply_open: number;
      readonly add_friend_autoreply_info?: ReplyInfo;
      readonly message_default_autoreply_info?: ReplyInfo;
      readonly keyword_autoreply_info?: { readonly list: readonly KeywordRule[] };
    }
  >(on, {
    method: 'GET',
    path: '/cgi-bin/get_current_autoreply_info',
    idempotent: true,
    answer: ['is_add_friend_reply_open', 'is_autoreply_open'],
  }),
});
