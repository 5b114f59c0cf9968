/** Lines of figures; a day without figures has no line. */
export interface Figures<Line> {
  readonly list: readonly Line[];
}

/** Figures of articles: `is_delay` false says that they are the newest. */
export interface Delayed<Line> extends Figures<Line> {
  readonly is_delay?: boolean;
}

/** Day of the line, `2026-01-31`. */
interface Dated {
  readonly ref_date: string;
}

export interface NewUsers extends Dated {
  /** 0 others, 1 search, 17 name card, 30 QR code, 57 name in an article, 100 ads, 149 mini-program, 161 reprint, 200 channels, 201 live. */
  readonly user_source: number;
  readonly new_user: number;
  readonly cancel_user: number;
}

export interface TotalUsers extends Dated {
  readonly cumulate_user: number;
}

/** `msgid` is the `msg_data_id` of the message, `_`, and the number of the article in it from 1: `12003_3`. */
interface OfArticle extends Dated {
  readonly msgid: string;
}

interface Reads {
  readonly read_user: number;
  /** Sources of the readers; `scene_desc` is Chinese, `全部` the sum. */
  readonly read_user_source: readonly { readonly user_count: number; readonly scene_desc: string }[];
}

export interface ArticleReads extends OfArticle {
  readonly detail: Reads;
}

export interface ArticleShares extends OfArticle {
  readonly detail: { readonly share_user: number };
}

interface Reactions extends Reads {
  readonly share_user: number;
  /** A heart (爱心赞). */
  readonly zaikan_user: number;
  /** A thumb (拇指赞). */
  readonly like_user: number;
  readonly comment_count: number;
  readonly collection_user: number;
}

export interface ArticleSummary extends Dated {
  readonly detail: Reactions & {
    readonly redirect_ori_page_user: number;
    readonly send_page_count: number;
  };
}

export interface ArticleDetails extends OfArticle {
  /** 0: followers were told; 1: they were not. */
  readonly publish_type: 0 | 1;
  readonly title?: string;
  readonly content_url?: string;
  /** One line per day: the sums from the publication to that day. */
  readonly detail_list: readonly (Reactions & {
    readonly stat_date: string;
    /** In fen. */
    readonly praise_money: number;
    readonly read_subscribe_user: number;
    readonly read_delivery_rate: number;
    readonly read_finish_rate: number;
    /** In minutes. */
    readonly read_avg_activetime: number;
    /** Positions at which readers left: 1 to 5, a fifth of the article each, and their share. */
    readonly read_jump_position: readonly { readonly position: number; readonly rate: number }[];
  })[];
}

export interface MessageFigures extends Dated {
  /** 0 to 2300, for hourly figures. The documentation shows it in its example only. */
  readonly ref_hour?: number;
  /** 1 text, 2 picture, 3 voice, 4 video, 6 link. */
  readonly msg_type: number;
  readonly msg_user: number;
  readonly msg_count: number;
}

export interface MessageCounts extends Dated {
  /** 0 none, 1 one to five, 2 six to ten, 3 more. */
  readonly count_interval: 0 | 1 | 2 | 3;
  readonly msg_user: number;
}

export interface CallbackFigures extends Dated {
  /** 0 to 2300, of figures by the hour. */
  readonly ref_hour?: number;
  readonly callback_count: number;
  readonly fail_count: number;
  /** The documentation gives no unit; divided by `callback_count` it is the average. */
  readonly total_time_cost: number;
  readonly max_time_cost: number;
}
