/** An article to write. Pictures in `content` must come from `api.media.uploadArticleImage`: others are dropped. */
export interface DraftArticle {
  readonly article_type?: 'news' | 'newspic';
  readonly title: string;
  readonly author?: string;
  /** Default: the beginning of the text. */
  readonly digest?: string;
  /** HTML without scripts, below 20,000 characters and 1 MB. */
  readonly content: string;
  readonly content_source_url?: string;
  /** Permanent material. */
  readonly thumb_media_id?: string;
  readonly need_open_comment?: 0 | 1;
  readonly only_fans_can_comment?: 0 | 1;
  /** Crop of the cover for 2.35:1 and 1:1: `X1_Y1_X2_Y2`, shares of width and height from 0 to 1. */
  readonly pic_crop_235_1?: string;
  readonly pic_crop_1_1?: string;
  /** The pictures of a `newspic`, 20 at most. */
  readonly image_info?: { readonly image_list: readonly { readonly image_media_id: string }[] };
}

/** An article in WeChat's answers. */
export interface KnownArticle extends DraftArticle {
  readonly url?: string;
  readonly thumb_url?: string;
  readonly is_deleted?: boolean;
}

/** A page of drafts or publications by number. */
export interface OffsetRequest {
  /** 0 is the newest. */
  readonly offset: number;
  /** 1 to 20. */
  readonly count: number;
  /** 1 leaves the articles' text out. */
  readonly no_content?: 0 | 1;
}

export interface OffsetPage<Item> {
  readonly total_count: number;
  readonly item_count: number;
  readonly item?: readonly Item[];
}

export const TWENTY_A_PAGE = { offset: { number: [0, 1e9] }, count: { number: [1, 20] } } as const;
