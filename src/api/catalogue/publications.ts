import { TWENTY_A_PAGE, type KnownArticle, type OffsetPage, type OffsetRequest } from './article.js';
import { endpoint, type CallExecutor } from './endpoint.js';

export interface Publication {
  readonly article_id: string;
  readonly content: { readonly news_item: readonly KnownArticle[] };
  /** Unix seconds. */
  readonly update_time: number;
}

/** 0 done, 1 under way, 2 originality failed, 3 failed, 4 the platform's check failed, 5 all deleted, 6 all banned. */
export interface PublishStatus {
  readonly publish_id: string;
  readonly publish_status: number;
  /** Set once it is done. */
  readonly article_id?: string;
  readonly article_detail?: {
    readonly count: number;
    readonly item: readonly { readonly idx: number; readonly article_url: string }[];
  };
  /** Places of the articles that failed, from 1. */
  readonly fail_idx?: readonly number[];
}

/** Publishing (发布) without sending: gives every article an address. Verified accounts only, since July 2025 (48001). */
export const publications = (on: CallExecutor) => ({
  /** Starts to publish a draft; the result is pushed as `event.PUBLISHJOBFINISH`. Source: 发布草稿. */
  submit: endpoint<
    { readonly media_id: string },
    { readonly publish_id: string; readonly msg_data_id?: string }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/freepublish/submit',
    idempotent: false,
    quota: 'publish submit',
    answer: ['publish_id'],
    ids: ['publish_id', 'msg_data_id'],
  }),
  /** Reads the state of a publication. Source: 发布状态查询. */
  status: endpoint<{ readonly publish_id: string }, PublishStatus>(on, {
    method: 'POST',
    path: '/cgi-bin/freepublish/get',
    idempotent: true,
    quota: 'publish get',
    answer: ['publish_status'],
    ids: ['publish_id'],
  }),
  /** Deletes articles permanently. `index` from 1; 0 or absent: all articles. Source: 删除发布文章. */
  remove: endpoint<{ readonly article_id: string; readonly index?: number }>(on, {
    method: 'POST',
    path: '/cgi-bin/freepublish/delete',
    idempotent: true,
    quota: 'publish delete',
  }),
  /** Reads the articles of a publication. Source: 获取已发布图文信息. */
  article: endpoint<{ readonly article_id: string }, { readonly news_item: readonly KnownArticle[] }>(on, {
    method: 'POST',
    path: '/cgi-bin/freepublish/getarticle',
    idempotent: true,
    quota: 'publish article',
    answer: ['news_item'],
  }),
  /** Lists a page of publications (without mass messages). `api.all.publications` iterates. Source: 获取已发布的消息列表. */
  list: endpoint<OffsetRequest, OffsetPage<Publication>>(on, {
    method: 'POST',
    path: '/cgi-bin/freepublish/batchget',
    idempotent: true,
    quota: 'publish list',
    answer: ['total_count'],
    limits: TWENTY_A_PAGE,
  }),
});
