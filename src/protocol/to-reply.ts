import type { CustomerServiceMessage } from './customer-service-message.js';
import type { LateReply } from './reply.js';

/**
 * Converts a customer-service message to a reply, the inverse of `toCustomerServiceMessage`. `undefined`: no reply can
 * express it. `customservice` and `aimsgcontext` are lost, because a reply cannot carry them.
 */
export function toReply(message: CustomerServiceMessage): LateReply | undefined {
  switch (message.msgtype) {
    case 'text':
      return { type: 'text', content: message.text.content };
    case 'image':
      return { type: 'image', mediaId: message.image.media_id };
    case 'voice':
      return { type: 'voice', mediaId: message.voice.media_id };
    case 'video': {
      const { media_id: mediaId, thumb_media_id: thumbMediaId, ...about } = message.video;
      return { type: 'video', mediaId, ...about, ...(thumbMediaId !== undefined && { thumbMediaId }) };
    }
    case 'music': {
      const { musicurl: musicUrl, hqmusicurl: hqMusicUrl, thumb_media_id, ...about } = message.music;
      const urls = { musicUrl, ...(hqMusicUrl !== undefined && { hqMusicUrl }) };
      return { type: 'music', ...about, ...urls, thumbMediaId: thumb_media_id };
    }
    case 'news':
      return {
        type: 'news',
        articles: message.news.articles.map(({ picurl: picUrl, ...article }) => ({ ...article, picUrl })),
      };
    case 'mpnews':
    case 'mpnewsarticle':
    case 'msgmenu':
    case 'wxcard':
    case 'miniprogrampage':
      return undefined;
    default:
      return message satisfies never;
  }
}
