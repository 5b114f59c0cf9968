import { endpoint, type CallExecutor } from './endpoint.js';

/** An article of a mass message or a publication. */
export interface ArticleRef {
  /** From `mass.sendAll` or `publications.submit`; pass its text as `BigInt(text)`. */
  readonly msg_data_id: number | bigint;
  /** Index of the article, from 0. Default: the first. */
  readonly index?: number;
}

/** One comment below an article. */
export interface CommentRef extends ArticleRef {
  readonly user_comment_id: number | bigint;
}

export interface ArticleComment {
  /** 64 bits as text; in a request pass it as `BigInt(text)`. */
  readonly user_comment_id: string;
  /** Absent if the comment was made under another identity than a WeChat user's. */
  readonly openid?: string;
  /** Unix seconds. */
  readonly create_time: number;
  readonly content: string;
  /** 1: selected (精选). */
  readonly comment_type: 0 | 1;
  readonly reply?: { readonly content: string; readonly create_time: number };
}

const COMMENT = { method: 'POST', idempotent: true } as const;

/**
 * Comments of readers below articles (留言管理). The account needs the permission for comments (88000). Refusals: 88001 no
 * such article · 88008 no such comment · 88004 taken back by the reader.
 */
export const comments = (on: CallExecutor) => ({
  /** Opens an article to comments. Source: 打开已群发文章评论. */
  open: endpoint<ArticleRef>(on, { ...COMMENT, path: '/cgi-bin/comment/open' }),
  /** Closes an article to comments. Source: 关闭已群发文章评论. */
  close: endpoint<ArticleRef>(on, { ...COMMENT, path: '/cgi-bin/comment/close' }),
  /** Lists comments from `begin` on, 49 at most (88010). `type`: 0 all, 1 ordinary, 2 selected. Source: 查看指定文章的评论数据. */
  list: endpoint<
    ArticleRef & { readonly begin: number; readonly count: number; readonly type: 0 | 1 | 2 },
    { readonly total: number; readonly comment: readonly ArticleComment[] }
  >(on, {
    ...COMMENT,
    path: '/cgi-bin/comment/list',
    answer: ['total'],
    ids: ['comment[].user_comment_id'],
    limits: { begin: { number: [0, 1e9] }, count: { number: [1, 49] } },
  }),
  /** Selects a comment (精选). 88003: there are too many. Source: 评论标记精选. */
  select: endpoint<CommentRef>(on, { ...COMMENT, path: '/cgi-bin/comment/markelect' }),
  /** Deselects a comment. Source: 评论取消精选. */
  unselect: endpoint<CommentRef>(on, { ...COMMENT, path: '/cgi-bin/comment/unmarkelect' }),
  /** Deletes a comment permanently. Source: 删除评论. */
  remove: endpoint<CommentRef>(on, { ...COMMENT, path: '/cgi-bin/comment/delete', idempotent: false }),
  /** Answers a comment, once (88005). 88007: too long, or empty. Source: 回复评论. */
  reply: endpoint<CommentRef & { readonly content: string }>(on, {
    ...COMMENT,
    path: '/cgi-bin/comment/reply/add',
    idempotent: false,
  }),
  /** Deletes the reply to a comment. Source: 删除回复. */
  removeReply: endpoint<CommentRef>(on, {
    ...COMMENT,
    path: '/cgi-bin/comment/reply/delete',
    idempotent: false,
  }),
});
