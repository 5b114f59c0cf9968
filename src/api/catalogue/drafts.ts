import {
  TWENTY_A_PAGE,
  type DraftArticle,
  type KnownArticle,
  type OffsetPage,
  type OffsetRequest,
} from './article.js';
import { endpoint, type CallExecutor } from './endpoint.js';

export interface Draft {
  readonly media_id: string;
  readonly content: { readonly news_item: readonly KnownArticle[] };
  /** Unix seconds. */
  readonly update_time: number;
}

/** Drafts (草稿箱). Verified accounts only, since July 2025 (48001). Sending or publishing a draft removes it. */
export const drafts = (on: CallExecutor) => ({
  /** Adds a draft of one to eight articles. Source: 新增草稿. */
  add: endpoint<{ readonly articles: readonly DraftArticle[] }, { readonly media_id: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/add',
    idempotent: false,
    quota: 'draft add',
    answer: ['media_id'],
  }),
  /** Reads the articles of a draft. Source: 获取草稿详情. */
  get: endpoint<{ readonly media_id: string }, { readonly news_item: readonly KnownArticle[] }>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/get',
    idempotent: true,
    quota: 'draft get',
    answer: ['news_item'],
  }),
  /** Replaces the article at `index`, from 0. Source: 更新草稿. */
  update: endpoint<{ readonly media_id: string; readonly index: number; readonly articles: DraftArticle }>(
    on,
    {
      method: 'POST',
      path: '/cgi-bin/draft/update',
      idempotent: true,
      quota: 'draft update',
    },
  ),
  /** Deletes a draft permanently. Source: 删除草稿. */
  remove: endpoint<{ readonly media_id: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/delete',
    idempotent: false,
    quota: 'draft delete',
  }),
  /** Counts the drafts. Source: 获取草稿总数. */
  count: endpoint<{}, { readonly total_count: number }>(on, {
    method: 'GET',
    path: '/cgi-bin/draft/count',
    idempotent: true,
    quota: 'draft count',
    answer: ['total_count'],
  }),
  /**
   * Reads whether the account has drafts and publishing; without `checkonly` it enables them permanently. Source:
   * 草稿箱开关设置.
   */
  switch: endpoint<{ readonly checkonly?: 1 }, { readonly is_open: 0 | 1 }>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/switch',
    idempotent: true,
    query: ['checkonly'],
    answer: ['is_open'],
  }),
  /**
   * Returns a product card for an article: `product_key` for picture messages, `DOM` for the text of articles.
   * Refusals: 10170001 no such product · 10170002, 10170003 article or card of another type. Source: 获取商品卡片的DOM结构.
   */
  productCard: endpoint<
    {
      readonly product_id: string;
      readonly article_type: DraftArticle['article_type'] & string;
      /** The page lists the values: large, small, text and strip cards. */
      readonly card_type: number;
    },
    { readonly product_key?: string; readonly DOM?: string }
  >(on, {
    method: 'POST',
    path: '/channels/ec/service/product/getcardinfo',
    idempotent: true,
    answer: [],
  }),
  /** Lists a page of drafts, newest first. `api.all.drafts` iterates. Source: 获取草稿列表. */
  list: endpoint<OffsetRequest, OffsetPage<Draft>>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/batchget',
    idempotent: true,
    quota: 'draft list',
    answer: ['total_count'],
    limits: TWENTY_A_PAGE,
  }),
});
