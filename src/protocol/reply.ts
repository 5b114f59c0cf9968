import { AppError } from './app-error.js';
import { ARTICLE_LIMIT, MESSAGE_REPLY_ARTICLE_LIMIT, REPLY_FIELD_LIMIT_BYTES } from './limits.js';
import { stripForbiddenCharacters } from './strip-forbidden-characters.js';

/**
 * The answer of a handler, as pure data. The server renders it as passive XML in time, else as customer-service JSON.
 *
 * @example
 * const answer: Reply = { type: 'text', content: '你好' };
 */
export type Reply = (
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'image'; readonly mediaId: string }
  | { readonly type: 'voice'; readonly mediaId: string }
  | VideoReply
  | MusicReply
  | { readonly type: 'news'; readonly articles: readonly Article[] }
  | ToStaffReply
) &
  ChannelOption;

/**
 * Pins a reply to one channel. Without it the server chooses by the clock and the account's permissions.
 *
 * @example
 * ctx.reply.text('只作被动回复', { channel: 'passive' });
 */
export interface ChannelOption {
  /**
   * `passive`           in time or not at all: late it becomes a dead letter
   * `customer-service`  as a customer-service message, even in time
   *
   * @defaultValue chosen by the clock and the account's permissions
   */
  readonly channel?: 'passive' | 'customer-service';
}

export interface VideoReply {
  readonly type: 'video';
  readonly mediaId: string;
  readonly title?: string;
  readonly description?: string;
  /** Cover. Only the customer-service channel uses it, and requires it. */
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

/**
 * An article of a news reply. In a reply to a message WeChat shows only the first article.
 *
 * @example
 * const article: Article = { title: '天气', description: '晴', picUrl: '', url: 'https://example.com' };
 */
export interface Article {
  readonly title: string;
  readonly description: string;
  readonly picUrl: string;
  readonly url: string;
}

/** Hands the user to human staff. Exists as a passive reply only. */
export interface ToStaffReply {
  readonly type: 'to-staff';
  /** Complete account name, `prefix@gzh`. Absent: WeChat chooses. */
  readonly kfAccount?: string;
}

/**
 * A late answer: any reply except the transfer to staff, for which there is no API call.
 *
 * @example
 * const late: LateReply = { type: 'text', content: '你好' };
 */
export type LateReply = Exclude<Reply, ToStaffReply>;

/**
 * A text, the one reply that others can be joined to.
 *
 * @example
 * const text: TextReply = { type: 'text', content: '你好' };
 */
export type TextReply = Extract<LateReply, { readonly type: 'text' }>;

/**
 * WeChat would refuse the reply and show the user a failure notice. Thrown by the renderers.
 *
 * @example
 * if (error instanceof ReplyInvalid) log.error({ err: error }, 'WeChat would refuse it');
 */
export class ReplyInvalid extends AppError {
  readonly code: string = 'reply_invalid';
}

/** A text of the reply is longer than the server accepts. */
export class ReplyTooLong extends ReplyInvalid {
  override readonly code = 'reply_too_long';
}

/** Constructors of replies, for `ctx.reply` and for tests. They do not check; `checkReply` does. */
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
 * Refuses a reply that WeChat would answer with a failure notice. Handlers may be plain JavaScript, so types are
 * checked too. A text that is too long for one message is valid: the planner splits it.
 *
 * @throws ReplyInvalid naming the field, what it holds (never the text itself) and what to do; ReplyTooLong
 */
export function checkReply(answer: Reply): void {
  if (answer.channel !== undefined && !channels.has(answer.channel))
    throw new ReplyInvalid(
      `A reply is pinned to the channel ${shapeOf(answer.channel)}: use passive or customer-service, or leave it out`,
    );
  switch (answer.type) {
    case 'text':
      return needsText(answer, 'content', 'return nothing to stay silent');
    case 'image':
    case 'voice':
      return needsText(answer, 'mediaId', 'upload the media first');
    case 'video':
      needsText(answer, 'mediaId', 'upload the media first');
      return mayHaveTexts(answer, ['title', 'description', 'thumbMediaId']);
    case 'music':
      needsText(answer, 'thumbMediaId', 'upload a cover first');
      return mayHaveTexts(answer, ['title', 'description', 'musicUrl', 'hqMusicUrl']);
    case 'news':
      return needsArticles(answer.articles, ARTICLE_LIMIT, '');
    case 'to-staff':
      return mayHaveTexts(answer, ['kfAccount']);
    default:
      answer satisfies never;
      throw new ReplyInvalid(
        `A handler returned ${shapeOf((answer as { type?: unknown }).type)} as the type of a reply: use text, image, voice, video, music, news or to-staff`,
      );
  }
}

/**
 * Checks the reply to one push, like `checkReply`. In a reply to a message WeChat shows only the first article.
 *
 * @throws ReplyInvalid, ReplyTooLong
 */
export function checkReplyTo(push: { readonly kind: string }, answer: Reply): void {
  checkReply(answer);
  if (answer.type !== 'news' || !push.kind.startsWith('message.')) return;
  needsArticles(answer.articles, MESSAGE_REPLY_ARTICLE_LIMIT, ' to a message');
}

/** Refuses a text that is longer than the server accepts; `what` names it in the message. @throws ReplyTooLong */
export function checkLength(text: string, what: string): void {
  if (text.length * 3 > REPLY_FIELD_LIMIT_BYTES) checkBytes(Buffer.byteLength(text), what); // a unit is 3 bytes at most
}

/** Checks a text, like `checkLength`, by its counted UTF-8 bytes. @throws ReplyTooLong */
export function checkBytes(bytes: number, what: string): void {
  if (bytes <= REPLY_FIELD_LIMIT_BYTES) return;
  throw new ReplyTooLong(
    `${what} has ${bytes} bytes, and a reply holds at most ${REPLY_FIELD_LIMIT_BYTES}: shorten it, or send a link to it`,
  );
}

const channels: ReadonlySet<unknown> = new Set<ChannelOption['channel']>(['passive', 'customer-service']);

function needsText<R extends Reply>(answer: R, field: keyof R & string, otherwise: string): void {
  const value: unknown = answer[field];
  if (typeof value === 'string') checkLength(value, `The ${field} of a reply`);
  if (typeof value === 'string' && isSendable(value)) return;
  throw new ReplyInvalid(
    `A reply of type ${answer.type} needs ${field}, and it is ${shapeOf(value)}: fill it in, or ${otherwise}`,
  );
}

/** True if a text holds a character that XML allows. Most texts begin with one. */
function isSendable(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first >= 0x20 && first < 0xd800) || stripForbiddenCharacters(text) !== '';
}

function mayHaveTexts(owner: object, fields: readonly string[]): void {
  for (const field of fields) {
    const value: unknown = Reflect.get(owner, field);
    if (value === undefined) continue;
    if (typeof value !== 'string')
      throw new ReplyInvalid(`The ${field} of a reply is ${shapeOf(value)}: make it a text, or leave it out`);
    checkLength(value, `The ${field} of a reply`);
  }
}

/** The fields of an article. */
export const ARTICLE_FIELDS = [
  'title',
  'description',
  'picUrl',
  'url',
] as const satisfies readonly (keyof Article)[];

/** Names of a field in WeChat's own documents and in other libraries, in small letters. */
const OTHER_NAMES: Readonly<Record<string, (typeof ARTICLE_FIELDS)[number]>> = {
  desc: 'description',
  digest: 'description',
  image: 'picUrl',
  link: 'url',
  pic: 'picUrl',
};

/** Refuses a field that no article has: WeChat would show the article without it. @throws ReplyInvalid */
export function checkArticleFields(article: object): void {
  for (const name of Object.keys(article)) {
    if (ARTICLE_FIELDS.some((known) => known === name)) continue;
    const plain = name.toLowerCase().replaceAll('_', '');
    const meant = ARTICLE_FIELDS.find((known) => known.toLowerCase() === plain) ?? OTHER_NAMES[plain];
    throw new ReplyInvalid(
      `An article of a news reply has no field ${name}: ${meant === undefined ? `it has ${ARTICLE_FIELDS.join(', ')}` : `use ${meant}`}`,
    );
  }
}

function needsArticles(articles: unknown, limit: number, scene: string): void {
  if (!Array.isArray(articles) || articles.length === 0 || articles.length > limit) {
    const seen = Array.isArray(articles) ? countOf(articles) : shapeOf(articles);
    const allowed = limit === 1 ? 'one article' : `1 to ${limit} articles`;
    throw new ReplyInvalid(`A news reply${scene} has ${allowed}, and this one has ${seen}: change the list`);
  }
  for (const article of articles) {
    if (typeof article !== 'object' || article === null)
      throw new ReplyInvalid(
        `An article of a news reply is ${shapeOf(article)}: give title, description, picUrl and url`,
      );
    checkArticleFields(article);
    mayHaveTexts(article, ARTICLE_FIELDS);
  }
}

/** The rest of a list that is too long may be missing. */
const countOf = ({ length }: readonly unknown[]): string =>
  length > ARTICLE_LIMIT ? `more than ${ARTICLE_LIMIT} articles` : `${length} articles`;

/** Describes a wrong value without quoting text that a user may have typed. */
function shapeOf(value: unknown): string {
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return value.length > 20 ? 'a long text' : JSON.stringify(value);
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
