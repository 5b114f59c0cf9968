import type { Fields, FieldValue } from '../../protocol/fields.js';
import { ARTICLE_LIMIT, MESSAGE_REPLY_ARTICLE_LIMIT, TEXT_LIMIT_BYTES } from '../../protocol/limits.js';
import type { ShownReply, VerdictCause } from '../types.js';

/** What the phone would show, or why it shows the grey sentence; `detail` names the field. */
export type ReadReply =
  | { readonly ok: true; readonly reply: ShownReply }
  | { readonly ok: false; readonly cause: VerdictCause; readonly detail?: string };

interface Expectation {
  readonly follower: string;
  readonly originalId: string;
  /** Replies to messages hold one article, others eight. */
  readonly toMessage: boolean;
}

/** Judges an opened reply field by field, as strictly as the platform's pages are. Source: "被动回复用户消息". */
export function readReply(fields: Fields, expected: Expectation): ReadReply {
  const type = text(fields['MsgType']);
  for (const name of ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType']) {
    if (text(fields[name]) === '') return missing(name);
  }
  if (text(fields['ToUserName']) !== expected.follower) return bad('wrong-to', text(fields['ToUserName']));
  if (text(fields['FromUserName']) !== expected.originalId)
    return bad('wrong-from', text(fields['FromUserName']));
  if (!/^\d{1,13}$/.test(text(fields['CreateTime']))) return missing('CreateTime');

  switch (type) {
    case 'text':
      return readText(text(fields['Content']));
    case 'image':
    case 'voice':
      return readMedia(type, block(fields[type === 'image' ? 'Image' : 'Voice']));
    case 'video':
      return readVideo(block(fields['Video']));
    case 'music':
      return readMusic(block(fields['Music']));
    case 'news':
      return readNews(fields, expected.toMessage ? MESSAGE_REPLY_ARTICLE_LIMIT : ARTICLE_LIMIT);
    case 'transfer_customer_service':
      return shown({ type, kfAccount: text(block(fields['TransInfo'])['KfAccount']) });
    default:
      return bad('unknown-type', type);
  }
}

function readText(content: string): ReadReply {
  if (content === '') return bad('empty-content');
  const bytes = Buffer.byteLength(content);
  return bytes > TEXT_LIMIT_BYTES ? bad('too-long', String(bytes)) : shown({ type: 'text', content });
}

function readMedia(type: 'image' | 'voice', media: Fields): ReadReply {
  const mediaId = text(media['MediaId']);
  return mediaId === '' ? missing('MediaId') : shown({ type, mediaId });
}

function readVideo(video: Fields): ReadReply {
  const mediaId = text(video['MediaId']);
  if (mediaId === '') return missing('Video.MediaId');
  return shown({
    type: 'video',
    mediaId,
    title: text(video['Title']),
    description: text(video['Description']),
  });
}

function readMusic(music: Fields): ReadReply {
  const thumbMediaId = text(music['ThumbMediaId']);
  if (thumbMediaId === '') return missing('Music.ThumbMediaId');
  return shown({
    type: 'music',
    title: text(music['Title']),
    description: text(music['Description']),
    url: text(music['HQMusicUrl']) || text(music['MusicUrl']),
    thumbMediaId,
  });
}

function readNews(fields: Fields, limit: number): ReadReply {
  if (!/^\d+$/.test(text(fields['ArticleCount']))) return missing('ArticleCount');
  const items = [block(fields['Articles'])['item'] ?? []].flat().map(block);
  if (items.length === 0) return missing('Articles.item');
  return shown({
    type: 'news',
    // What exceeds the limit is dropped without a word.
    articles: items.slice(0, limit).map((item) => ({
      title: text(item['Title']),
      description: text(item['Description']),
      picUrl: text(item['PicUrl']),
      url: text(item['Url']),
    })),
  });
}

const shown = (reply: ShownReply): ReadReply => ({ ok: true, reply });
const missing = (name: string): ReadReply => bad('missing-field', name);

function bad(cause: VerdictCause, detail?: string): ReadReply {
  return { ok: false, cause, ...(detail !== undefined && { detail }) };
}

function text(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function block(value: FieldValue | undefined): Fields {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}
