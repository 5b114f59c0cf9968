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

/** Drafts (草稿箱). Verified accounts only, since July 2025 (48001). Mass sending or publishing one takes it out of the box. */
export const drafts = (on: CallExecutor) => ({
  /** Puts one to eight articles into the box. Source: 新增草稿. */
  add: endpoint<{ readonly articles: readonly DraftArticle[] }, { readonly media_id: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/add',
    idempotent: false,
    quota: 'draft add',
    answer: ['media_id'],
  }),
  /** The articles of a draft. Source: 获取草稿详情. */
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
  /** For good. Source: 删除草稿. */
  remove: endpoint<{ readonly media_id: string }>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/delete',
    idempotent: false,
    quota: 'draft delete',
  }),
  /** How many there are. Source: 获取草稿总数. */
  count: endpoint<{}, { readonly total_count: number }>(on, {
    method: 'GET',
    path: '/cgi-bin/draft/count',
    idempotent: true,
    quota: 'draft count',
    answer: ['total_count'],
  }),
  /** A page of them, the newest first. `api.all.drafts` walks. Source: 获取草稿列表. */
  list: endpoint<OffsetRequest, OffsetPage<Draft>>(on, {
    method: 'POST',
    path: '/cgi-bin/draft/batchget',
    idempotent: true,
    quota: 'draft list',
    answer: ['total_count'],
    limits: TWENTY_A_PAGE,
  }),
});
