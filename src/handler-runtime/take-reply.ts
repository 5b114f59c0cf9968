import { ARTICLE_LIMIT } from '../protocol/limits.js';
import type { Push } from '../protocol/push/push.js';
import { ARTICLE_FIELDS, checkArticleFields, checkReplyTo, type Reply } from '../protocol/reply.js';
import { asUploaded, type MediaReply } from './reply-files.js';

/** Fields of each type of reply, besides `type`. */
const FIELDS = {
  text: ['content', 'channel'],
  image: ['mediaId', 'channel'],
  voice: ['mediaId', 'channel'],
  video: ['mediaId', 'title', 'description', 'thumbMediaId', 'channel'],
  music: ['title', 'description', 'musicUrl', 'hqMusicUrl', 'thumbMediaId', 'channel'],
  news: ['articles', 'channel'],
  'to-staff': ['kfAccount', 'channel'],
} as const satisfies { readonly [T in Reply['type']]: readonly string[] };

/** A reply of a type, possibly with files that are not uploaded yet. */
type Taken<T extends Reply['type']> = Extract<Reply | MediaReply, { readonly type: T }>;

/** True for the type of a reply. */
export const isReplyType = (type: unknown): type is Reply['type'] =>
  typeof type === 'string' && Object.hasOwn(FIELDS, type);

/**
 * Copies a handler's reply and checks it. Each field is read once, so that no proxy, getter or later change can alter
 * it.
 *
 * @throws ReplyInvalid, ReplyTooLong, and errors of a getter or a proxy
 */
export function takeReply<T extends Reply['type']>(push: Push, type: T, returned: object): Taken<T> {
  const fields = copied({ type }, returned, FIELDS[type]);
  const articles: unknown = fields['articles'];
  if (Array.isArray(articles)) fields['articles'] = articlesOf(articles);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked in the next line
  const taken = fields as unknown as Taken<T>;
  checkReplyTo(push, asUploaded(taken));
  return taken;
}

/** Copies enough of an oversized list to refuse it, without reading it all. */
const articlesOf = (list: readonly unknown[]): unknown[] =>
  Array.from(list.slice(0, ARTICLE_LIMIT + 1), (item) => {
    if (typeof item !== 'object' || item === null) return item;
    checkArticleFields(item);
    return copied({}, item, ARTICLE_FIELDS);
  });

function copied(
  copy: Record<string, unknown>,
  from: object,
  names: readonly string[],
): Record<string, unknown> {
  for (const name of names) {
    const value: unknown = Reflect.get(from, name);
    if (value !== undefined) copy[name] = value;
  }
  return copy;
}
