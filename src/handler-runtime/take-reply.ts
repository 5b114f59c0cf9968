import { ARTICLE_LIMIT } from '../protocol/limits.js';
import type { Push } from '../protocol/push.js';
import { checkReplyTo, type Reply } from '../protocol/reply.js';
import { asUploaded, type MediaReply } from './reply-files.js';

/** What is read of each type of reply, beside its type. */
const FIELDS = {
  text: ['content', 'channel'],
  image: ['mediaId', 'channel'],
  voice: ['mediaId', 'channel'],
  video: ['mediaId', 'title', 'description', 'thumbMediaId', 'channel'],
  music: ['title', 'description', 'musicUrl', 'hqMusicUrl', 'thumbMediaId', 'channel'],
  news: ['articles', 'channel'],
  'to-staff': ['kfAccount', 'channel'],
} as const satisfies { readonly [T in Reply['type']]: readonly string[] };

const ARTICLE_FIELDS = ['title', 'description', 'picUrl', 'url'] as const;

/** A reply of a type, perhaps with files that are not uploaded yet. */
type Taken<T extends Reply['type']> = Extract<Reply | MediaReply, { readonly type: T }>;

/** True for the type of a reply. */
export const isReplyType = (type: unknown): type is Reply['type'] =>
  typeof type === 'string' && Object.hasOwn(FIELDS, type);

/**
 * Takes a reply over from its handler: a plain copy, each field read once, and checked. A proxy, a getter or a later
 * change of the handler's object cannot change it any more.
 *
 * @throws ReplyInvalid, ReplyTooLong, and whatever a getter or a proxy throws
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

/** Enough of a list that is too long to be refused, without reading it all. */
const articlesOf = (list: readonly unknown[]): unknown[] =>
  Array.from(list.slice(0, ARTICLE_LIMIT + 1), (item) =>
    typeof item === 'object' && item !== null ? copied({}, item, ARTICLE_FIELDS) : item,
  );

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
