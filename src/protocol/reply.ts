/** What a handler answers: pure data, rendered as passive XML or as customer-service JSON, by the clock. */
export type Reply =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'image'; readonly mediaId: string }
  | { readonly type: 'voice'; readonly mediaId: string }
  | VideoReply
  | MusicReply
  | { readonly type: 'news'; readonly articles: readonly Article[] }
  | ToStaffReply;

export interface VideoReply {
  readonly type: 'video';
  readonly mediaId: string;
  readonly title?: string;
  readonly description?: string;
  /** Cover, used by the customer-service road only, which asks for it. */
  readonly thumbMediaId?: string;
}

export interface MusicReply {
  readonly type: 'music';
  readonly title?: string;
  readonly description?: string;
  readonly musicUrl?: string;
  readonly hqMusicUrl?: string;
  readonly thumbMediaId: string;
}

export interface Article {
  readonly title: string;
  readonly description: string;
  readonly picUrl: string;
  readonly url: string;
}

/** Hands the user to human staff. Exists as a passive reply only. */
export interface ToStaffReply {
  readonly type: 'to-staff';
  /** Complete account name, `prefix@gzh`; absent: whoever is free. */
  readonly kfAccount?: string;
}

/** What a late answer may be: everything but the transfer to staff, which no API call can do. */
export type LateReply = Exclude<Reply, ToStaffReply>;
