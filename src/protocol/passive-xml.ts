import { checkReply, type Article, type Reply } from './reply.js';
import { stripForbiddenCharacters } from './strip-forbidden-characters.js';

/** Response "received, no passive reply"; never sealed. */
export const SILENCE = 'success';

/** Receiver and sender of a passive reply: `FromUserName` and `ToUserName` of the push. Not the AppID. */
export interface PassiveEnds {
  readonly user: string;
  readonly account: string;
}

/**
 * Renders a reply as the XML response to a push. It is well-formed whatever text it holds.
 *
 * Units: `createTimeS` is whole Unix seconds.
 *
 * @throws ReplyInvalid for a reply that WeChat would answer with a failure notice Source: Official Account docs,
 * "被动回复用户消息"; "将消息转发到客服".
 */
export function toPassiveXml(reply: Reply, to: PassiveEnds, createTimeS: number): string {
  checkReply(reply);
  return (
    '<xml>' +
    leaf('ToUserName', to.user) +
    leaf('FromUserName', to.account) +
    `<CreateTime>${createTimeS}</CreateTime>` +
    payload(reply) +
    '</xml>'
  );
}

function payload(reply: Reply): string {
  switch (reply.type) {
    case 'text':
      return ofType('text') + leaf('Content', reply.content);
    case 'image':
      return `${ofType('image')}<Image>${leaf('MediaId', reply.mediaId)}</Image>`;
    case 'voice':
      return `${ofType('voice')}<Voice>${leaf('MediaId', reply.mediaId)}</Voice>`;
    case 'video':
      return (
        `${ofType('video')}<Video>${leaf('MediaId', reply.mediaId)}` +
        `${leaf('Title', reply.title)}${leaf('Description', reply.description)}</Video>`
      );
    case 'music':
      return (
        `${ofType('music')}<Music>${leaf('Title', reply.title)}${leaf('Description', reply.description)}` +
        `${leaf('MusicUrl', reply.musicUrl)}${leaf('HQMusicUrl', reply.hqMusicUrl)}` +
        `${leaf('ThumbMediaId', reply.thumbMediaId)}</Music>`
      );
    case 'news':
      return (
        `${ofType('news')}<ArticleCount>${reply.articles.length}</ArticleCount>` +
        `<Articles>${reply.articles.map(item).join('')}</Articles>`
      );
    case 'to-staff':
      return ofType('transfer_customer_service') + transferInfo(reply.kfAccount);
    default:
      return reply satisfies never;
  }
}

const ofType = (type: string): string => `<MsgType><![CDATA[${type}]]></MsgType>`;

const item = (article: Article): string =>
  `<item>${leaf('Title', article.title)}${leaf('Description', article.description)}` +
  `${leaf('PicUrl', article.picUrl)}${leaf('Url', article.url)}</item>`;

const transferInfo = (kfAccount: string | undefined): string =>
  kfAccount === undefined ? '' : `<TransInfo>${leaf('KfAccount', kfAccount)}</TransInfo>`;

/** Returns an element with text, or '' if there is no text. */
function leaf(name: string, text: string | undefined): string {
  return text === undefined ? '' : `<${name}><![CDATA[${cdataContent(text)}]]></${name}>`;
}

/** Removes forbidden characters before it escapes: one between `]]` and `>` could hide the end of the section. */
function cdataContent(text: string): string {
  const sendable = stripForbiddenCharacters(text);
  return sendable.includes(']]>') ? sendable.replaceAll(']]>', ']]]]><![CDATA[>') : sendable;
}
