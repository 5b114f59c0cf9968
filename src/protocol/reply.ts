import { AppError } from './app-error.js';
import { ARTICLE_LIMIT } from './limits.js';
import { sendableText } from './sendable-text.js';

/** What a handler answers: pure data, rendered as passive XML or as customer-service JSON, by the clock. */
export type Reply = (
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'image'; readonly mediaId: string }
  | { readonly type: 'voice'; readonly mediaId: string }
  | VideoReply
  | MusicReply
  | { readonly type: 'news'; readonly articles: readonly Article[] }
  | ToStaffReply
) &
  Pinned;

/** Keeps a reply on one road. Without it the server chooses by the clock and by what the account may do. */
export interface Pinned {
  /**
   * `passive`           in time or not at all: late it becomes a dead letter
   * `customer-service`  as a customer-service message, even in time
   */
  readonly road?: 'passive' | 'customer-service';
}

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

/** A reply that WeChat would punish: the user would see a failure notice instead. Thrown by the renderers. */
export class ReplyInvalid extends AppError {
  readonly code = 'reply_invalid';
}

/** One constructor a type, for `ctx.reply` and for tests. They only build; `checkReply` judges. */
export const reply = {
  text: (content: string) => ({ type: 'text', content }) satisfies Reply,
  image: (mediaId: string) => ({ type: 'image', mediaId }) satisfies Reply,
  voice: (mediaId: string) => ({ type: 'voice', mediaId }) satisfies Reply,
  video: (mediaId: string, about: Omit<VideoReply, 'type' | 'mediaId'> = {}) =>
    ({ ...about, type: 'video', mediaId }) satisfies Reply,
  music: (music: Omit<MusicReply, 'type'>) => ({ ...music, type: 'music' }) satisfies Reply,
  news: (articles: readonly Article[]) => ({ type: 'news', articles }) satisfies Reply,
  toStaff: (kfAccount?: string): ToStaffReply =>
    kfAccount === undefined ? { type: 'to-staff' } : { type: 'to-staff', kfAccount },
};

/**
 * Refuses what WeChat would answer with a failure notice. Handlers may be plain JavaScript, so shapes are looked at too.
 * Too long a text is no fault here: the planner splits it.
 *
 * @throws ReplyInvalid naming the field, what it holds (never the text itself) and what to do
 */
export function checkReply(answer: Reply): void {
  if (answer.road !== undefined && !roads.has(answer.road))
    throw new ReplyInvalid(
      `A reply is pinned to the road ${shapeOf(answer.road)}: use passive or customer-service, or leave it out`,
    );
  switch (answer.type) {
    case 'text':
      return needsText(answer.content, 'A text reply', 'content', 'return nothing to stay silent');
    case 'image':
    case 'voice':
    case 'video':
      return needsText(answer.mediaId, `A reply of type ${answer.type}`, 'mediaId', 'upload the media first');
    case 'music':
      return needsText(answer.thumbMediaId, 'A music reply', 'thumbMediaId', 'upload a cover first');
    case 'news':
      return needsArticles(answer.articles);
    case 'to-staff':
      return;
    default:
      answer satisfies never;
      throw new ReplyInvalid(
        `A handler returned ${shapeOf((answer as { type?: unknown }).type)} as the type of a reply: use text, image, voice, video, music, news or to-staff`,
      );
  }
}

const roads: ReadonlySet<unknown> = new Set<Pinned['road']>(['passive', 'customer-service']);

function needsText(value: unknown, what: string, field: string, otherwise: string): void {
  if (typeof value === 'string' && sendableText(value) !== '') return;
  throw new ReplyInvalid(`${what} needs ${field}, and it is ${shapeOf(value)}: fill it in, or ${otherwise}`);
}

function needsArticles(articles: unknown): void {
  if (Array.isArray(articles) && articles.length > 0 && articles.length <= ARTICLE_LIMIT) return;
  const seen = Array.isArray(articles) ? `${articles.length} articles` : shapeOf(articles);
  throw new ReplyInvalid(
    `A news reply has 1 to ${ARTICLE_LIMIT} articles, and this one has ${seen}: change the list`,
  );
}

/** Names a wrong value without repeating what a user may have typed. */
function shapeOf(value: unknown): string {
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return value.length > 20 ? 'a long text' : JSON.stringify(value);
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
