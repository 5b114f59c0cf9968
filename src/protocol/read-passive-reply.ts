import type { Fields, FieldValue } from './fields.js';
import { ARTICLE_LIMIT, MESSAGE_REPLY_ARTICLE_LIMIT } from './limits.js';
import type { PassiveEnds } from './passive-xml.js';
import type { MusicReply, Reply, VideoReply } from './reply.js';

/** The reason why WeChat would show the user a failure notice in place of a reply. */
export type ReplyFault =
  | 'missing-field' // a required field is absent
  | 'wrong-to' //      ToUserName is not the user
  | 'wrong-from' //    FromUserName is not the account
  | 'unknown-type' //  a MsgType that replies do not know
  | 'empty-content'; // a text without Content

/** The reply that a server made. `detail` names the field, or holds the wrong value. */
export type ReadPassiveReply =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly fault: ReplyFault; readonly detail?: string };

/** Expected ends of a reply, and whether it answers a message, which may have one article; others may have eight. */
export interface ReplyExpectation extends PassiveEnds {
  readonly toMessage: boolean;
}

/** True if WeChat takes a reply's CreateTime: an integer. Milliseconds have been seen to work. Source: "被动回复用户消息". */
export const isCreateTime = (text: string): boolean => /^\d{1,13}$/.test(text);

/**
 * Reads an opened passive reply, the inverse of `toPassiveXml`, as strictly as the documentation. A text may be longer
 * than one message. Articles beyond the limit are left out, as WeChat does. Source: "被动回复用户消息".
 */
export function readPassiveReply(fields: Fields, expected: ReplyExpectation): ReadPassiveReply {
  for (const name of ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType'])
    if (text(fields[name]) === '') return missing(name);
  if (text(fields['ToUserName']) !== expected.user) return bad('wrong-to', text(fields['ToUserName']));
  if (text(fields['FromUserName']) !== expected.account)
    return bad('wrong-from', text(fields['FromUserName']));
  if (!isCreateTime(text(fields['CreateTime']))) return missing('CreateTime');

  const type = text(fields['MsgType']);
  switch (type) {
    case 'text': {
      const content = text(fields['Content']);
      return content === '' ? bad('empty-content') : made({ type, content });
    }
    case 'image':
    case 'voice': {
      const mediaId = text(block(fields[type === 'image' ? 'Image' : 'Voice'])['MediaId']);
      return mediaId === '' ? missing('MediaId') : made({ type, mediaId });
    }
    case 'video':
      return readVideo(block(fields['Video']));
    case 'music':
      return readMusic(block(fields['Music']));
    case 'news':
      return readNews(fields, expected.toMessage ? MESSAGE_REPLY_ARTICLE_LIMIT : ARTICLE_LIMIT);
    case 'transfer_customer_service': {
      const kfAccount = text(block(fields['TransInfo'])['KfAccount']);
      return made(kfAccount === '' ? { type: 'to-staff' } : { type: 'to-staff', kfAccount });
    }
    default:
      return bad('unknown-type', type);
  }
}

function readVideo(video: Fields): ReadPassiveReply {
  const mediaId = text(video['MediaId']);
  if (mediaId === '') return missing('Video.MediaId');
  return made({ type: 'video', mediaId, ...given<VideoReply>(video, ABOUT) });
}

function readMusic(music: Fields): ReadPassiveReply {
  const thumbMediaId = text(music['ThumbMediaId']);
  if (thumbMediaId === '') return missing('Music.ThumbMediaId');
  return made({ type: 'music', ...given<MusicReply>(music, MUSIC), thumbMediaId });
}

function readNews(fields: Fields, limit: number): ReadPassiveReply {
  if (!/^\d+$/.test(text(fields['ArticleCount']))) return missing('ArticleCount');
  const items = [block(fields['Articles'])['item'] ?? []].flat().map(block);
  if (items.length === 0) return missing('Articles.item');
  const articles = items.slice(0, limit).map((item) => ({
    title: text(item['Title']),
    description: text(item['Description']),
    picUrl: text(item['PicUrl']),
    url: text(item['Url']),
  }));
  return made({ type: 'news', articles });
}

const ABOUT = { title: 'Title', description: 'Description' } as const;
const MUSIC = { ...ABOUT, musicUrl: 'MusicUrl', hqMusicUrl: 'HQMusicUrl' } as const;

/** The fields that hold a text, under our names. */
const given = <R>(from: Fields, names: { readonly [name in keyof R]?: string }): Partial<R> => {
  const found = Object.entries<unknown>(names)
    .map(([ours, theirs]) => [ours, text(from[String(theirs)])] as const)
    .filter(([, value]) => value !== '');
  const texts: object = Object.fromEntries(found);
  return texts;
};

const made = (reply: Reply): ReadPassiveReply => ({ ok: true, reply });
const missing = (name: string): ReadPassiveReply => bad('missing-field', name);
const bad = (fault: ReplyFault, detail?: string): ReadPassiveReply => ({
  ok: false,
  fault,
  ...(detail !== undefined && { detail }),
});

const text = (value: FieldValue | undefined): string => (typeof value === 'string' ? value : '');
const block = (value: FieldValue | undefined): Fields =>
  typeof value === 'object' && !Array.isArray(value) ? value : {};
