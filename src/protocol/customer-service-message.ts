import type { OpenId } from './ids.js';
import { CUSTOMER_SERVICE_ARTICLE_LIMIT } from './limits.js';
import { checkReply, ReplyInvalid, type LateReply } from './reply.js';
import { stripForbiddenCharacters } from './strip-forbidden-characters.js';

/**
 * A message for `custom/send` in its wire format, without the receiver. Source: "发送客服消息".
 *
 * @example
 * const message: CustomerServiceMessage = { msgtype: 'text', text: { content: '你好' } };
 */
export type CustomerServiceMessage = MessageBody & {
  /** Sends as this agent, with its name and avatar. */
  readonly customservice?: { readonly kf_account: string };
  /** 1 puts "内容由第三方AI生成" under the message. */
  readonly aimsgcontext?: { readonly is_ai_msg: 0 | 1 };
  /** Id of the sub-merchant (客服子商户) that sends. Ordinary accounts leave it out. */
  readonly business_id?: string;
};

type MessageBody =
  | { readonly msgtype: 'text'; readonly text: { readonly content: string } }
  | { readonly msgtype: 'image'; readonly image: MediaRef }
  | { readonly msgtype: 'voice'; readonly voice: MediaRef }
  | { readonly msgtype: 'video'; readonly video: VideoBody }
  | { readonly msgtype: 'music'; readonly music: MusicBody }
  /** An external link; one article, more is errcode 45008. */
  | { readonly msgtype: 'news'; readonly news: { readonly articles: readonly NewsArticle[] } }
  | { readonly msgtype: 'mpnews'; readonly mpnews: MediaRef }
  | { readonly msgtype: 'mpnewsarticle'; readonly mpnewsarticle: { readonly article_id: string } }
  | { readonly msgtype: 'msgmenu'; readonly msgmenu: MenuBody }
  | { readonly msgtype: 'wxcard'; readonly wxcard: { readonly card_id: string } }
  | { readonly msgtype: 'miniprogrampage'; readonly miniprogrampage: MiniProgramBody };

interface MediaRef {
  readonly media_id: string;
}

interface VideoBody extends MediaRef {
  /** Required by the current documentation; older pages do not list it. */
  readonly thumb_media_id?: string;
  readonly title?: string;
  readonly description?: string;
}

interface MusicBody {
  readonly title: string;
  readonly description: string;
  readonly musicurl: string;
  readonly hqmusicurl?: string;
  readonly thumb_media_id: string;
}

interface NewsArticle {
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly picurl: string;
}

/** A tap comes back as a text push whose content is the entry's, with its id as `bizmsgmenuid`. */
interface MenuBody {
  readonly head_content?: string;
  readonly list: readonly { readonly id: string; readonly content: string }[];
  readonly tail_content?: string;
}

interface MiniProgramBody {
  readonly title: string;
  readonly appid: string;
  readonly pagepath: string;
  readonly thumb_media_id: string;
}

/**
 * Converts a late answer to a customer-service message.
 *
 * @throws ReplyInvalid for what WeChat would refuse, such as several articles
 */
export function toCustomerServiceMessage(reply: LateReply): CustomerServiceMessage {
  checkReply(reply);
  switch (reply.type) {
    case 'text':
      return { msgtype: 'text', text: { content: reply.content } };
    case 'image':
      return { msgtype: 'image', image: { media_id: reply.mediaId } };
    case 'voice':
      return { msgtype: 'voice', voice: { media_id: reply.mediaId } };
    case 'video':
      return {
        msgtype: 'video',
        video: {
          media_id: reply.mediaId,
          ...(reply.thumbMediaId === undefined ? {} : { thumb_media_id: reply.thumbMediaId }),
          ...(reply.title === undefined ? {} : { title: reply.title }),
          ...(reply.description === undefined ? {} : { description: reply.description }),
        },
      };
    case 'music':
      return {
        msgtype: 'music',
        music: {
          title: reply.title ?? '',
          description: reply.description ?? '',
          musicurl: reply.musicUrl ?? reply.hqMusicUrl ?? '',
          ...(reply.hqMusicUrl === undefined ? {} : { hqmusicurl: reply.hqMusicUrl }),
          thumb_media_id: reply.thumbMediaId,
        },
      };
    case 'news':
      if (reply.articles.length > CUSTOMER_SERVICE_ARTICLE_LIMIT)
        throw new ReplyInvalid(
          `A customer-service message carries one article, and this reply has ${reply.articles.length}: send one for each`,
        );
      return {
        msgtype: 'news',
        news: {
          articles: reply.articles.map(({ title, description, url, picUrl }) => ({
            title,
            description,
            url,
            picurl: picUrl,
          })),
        },
      };
    default:
      return reply satisfies never;
  }
}

/**
 * Returns the JSON body of `POST /cgi-bin/message/custom/send`, in raw UTF-8.
 *
 * The API refuses `\uXXXX` escapes (40033, 47002), so characters that need one are removed.
 */
export function toCustomerServiceBody(to: OpenId, message: CustomerServiceMessage): string {
  return JSON.stringify({ touser: to, ...message }, (_key, value: unknown) =>
    typeof value === 'string' ? stripForbiddenCharacters(value) : value,
  );
}
