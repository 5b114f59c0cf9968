import type { OffsetPage, OffsetRequest } from './catalogue/article.js';
import type { CatalogueCalls } from './catalogue/catalogue.js';
import type { ChatRecord, ChatRecordsRequest } from './catalogue/chat-records.js';
import type { Draft } from './catalogue/drafts.js';
import type { NoticeTitle } from './catalogue/notices.js';
import type { Publication } from './catalogue/publications.js';
import type { OpenIdPage } from './catalogue/users.js';
import type { OpenId } from '../protocol/ids.js';
import type { MediaApi } from './media/media.js';
import type { JsonObject } from './response.js';
import { paginate, type Page, type Paginated, type PaginateOptions } from './paginate.js';

type MaterialType = Parameters<MediaApi['listMaterials']>[0]['type'];

/** The paged lists of the API, each from its first page or from a cursor. */
export interface PaginatedLists {
  /** All followers. 10,000 per page, 500 pages per day. */
  followers(options?: PaginateOptions): Paginated<OpenId>;
  fansOfTag(request: { readonly tagid: number }, options?: PaginateOptions): Paginated<OpenId>;
  blacklist(options?: PaginateOptions): Paginated<OpenId>;
  /** Titles of the notices' template library. `ids`: comma-separated categories. */
  noticeTitles(request: { readonly ids: string }, options?: PaginateOptions): Paginated<NoticeTitle>;
  /** Chat records of at most 24 hours. `number`: size of a page, default 10,000. */
  chatRecords(
    request: Omit<ChatRecordsRequest, 'msgid' | 'number'> & { readonly number?: number },
    options?: PaginateOptions,
  ): Paginated<ChatRecord>;
  /** Permanent material of one kind, the newest first. 20 a page. */
  materials(request: { readonly type: MaterialType }, options?: PaginateOptions): Paginated<JsonObject>;
  drafts(request?: Pick<OffsetRequest, 'no_content'>, options?: PaginateOptions): Paginated<Draft>;
  publications(
    request?: Pick<OffsetRequest, 'no_content'>,
    options?: PaginateOptions,
  ): Paginated<Publication>;
}

export function createPaginatedLists(
  api: CatalogueCalls,
  media: Pick<MediaApi, 'listMaterials'>,
): PaginatedLists {
  return {
    followers: (options) =>
      paginate(
        async (at, call) => openIds(await api.users.list({ ...(at && { next_openid: at }) }, call)),
        options,
      ),
    fansOfTag: ({ tagid }, options) =>
      paginate(
        async (at, call) => openIds(await api.tags.fans({ tagid, ...(at && { next_openid: at }) }, call)),
        options,
      ),
    blacklist: (options) =>
      paginate(
        async (at, call) => openIds(await api.blacklist.list({ ...(at && { begin_openid: at }) }, call)),
        options,
      ),
    noticeTitles: ({ ids }, options) =>
      paginate(async (at = '0', call) => {
        const { count, data } = await api.notices.titles({ ids, start: Number(at), limit: 30 }, call);
        return byNumber(at, data, count);
      }, options),
    chatRecords: ({ number = 10_000, ...span }, options) =>
      paginate(async (at = '1', call) => {
        const answer = await api.chatRecords.list({ ...span, msgid: BigInt(at), number }, call);
        const isLast = answer.number < number || answer.recordlist.length === 0;
        return { items: answer.recordlist, ...(!isLast && { next: answer.msgid }) };
      }, options),
    materials: ({ type }, options) =>
      paginate(async (at = '0', call) => {
        const page = await media.listMaterials({ type, offset: Number(at) }, call);
        return byNumber(at, page.item, page.total_count);
      }, options),
    drafts: (request, options) => byOffset((page, call) => api.drafts.list(page, call), request, options),
    publications: (request, options) =>
      byOffset((page, call) => api.publications.list(page, call), request, options),
  };
}

/**
 * Converts a page of OpenIDs. The last page may have a cursor, the page after it has no `data`, and a cursor may be
 * blank.
 */
function openIds({ total, count, data, next_openid = '' }: Partial<OpenIdPage>): Page<OpenId> {
  const items = data?.openid ?? [];
  const next = next_openid.trim();
  const isLast = items.length === 0 || count === 0 || next === '';
  return { items, ...(total !== undefined && { total }), ...(!isLast && { next }) };
}

function byOffset<Item>(
  list: (
    request: OffsetRequest,
    options: { signal?: AbortSignal },
  ) => Promise<Pick<OffsetPage<Item>, 'total_count' | 'item'>>,
  request: object = {},
  options?: PaginateOptions,
): Paginated<Item> {
  return paginate(async (at = '0', call) => {
    const { total_count: total, item } = await list({ ...request, offset: Number(at), count: 20 }, call);
    return byNumber(at, item, total);
  }, options);
}

function byNumber<Item>(at: string, items: readonly Item[] = [], total: number): Page<Item> {
  const next = Number(at) + items.length;
  return { items, total, ...(items.length > 0 && next < total && { next: String(next) }) };
}
