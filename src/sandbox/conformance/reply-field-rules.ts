import type { Fields } from '../../protocol/fields.js';
import type { Words } from '../../protocol/words.js';
import { MESSAGE_REPLY_ARTICLE_LIMIT, TEXT_LIMIT_BYTES } from '../../protocol/limits.js';
import { isCreateTime } from '../../protocol/read-passive-reply.js';
import { block, leaf } from './answer.js';
import type { ProbeResult } from './probe.js';
import { NO_REPLY } from './reply-form-rules.js';
import { broken, holds, notJudged, type Rule } from './rule.js';

const source = '被动回复用户消息';

interface FieldRule extends Omit<Rule, 'group' | 'check'> {
  /** The MsgType to which the rule applies; absent: all. */
  readonly of?: string;
  /** Returns the fault of a reply, or `undefined`. */
  readonly judge: (fields: Fields, results: ProbeResult, account: string) => Words | undefined;
}

/** Tests for the required content of a reply, by type. */
const payloads: Readonly<Record<string, (fields: Fields) => boolean>> = {
  text: (fields) => 'Content' in fields,
  image: (fields) => leaf(block(fields['Image'])['MediaId']) !== '',
  voice: (fields) => leaf(block(fields['Voice'])['MediaId']) !== '',
  video: (fields) => leaf(block(fields['Video'])['MediaId']) !== '',
  music: (fields) => leaf(block(fields['Music'])['ThumbMediaId']) !== '',
  news: (fields) => 'ArticleCount' in fields && items(fields).length > 0,
  transfer_customer_service: () => true,
};

const rules: readonly FieldRule[] = [
  {
    id: 'reply-addresses-swapped',
    level: 'must',
    title: {
      en: 'A reply goes from the account to the sender of the push',
      zh: '回复由账号发给推送的发送者',
    },
    says: {
      en: 'ToUserName is the sender’s OpenID, FromUserName the account’s own gh_ id.',
      zh: 'ToUserName 是发送者的 OpenID，FromUserName 是账号自己的原始 ID（gh_…）。',
    },
    source,
    remedy: {
      en: 'Swap the two of the push; never write the AppID.',
      zh: '把推送里的两项对调，不要填 AppID。',
    },
    judge: (fields, { push }, account) =>
      leaf(fields['ToUserName']) !== push.user
        ? { en: `ToUserName is not the sender ${push.user}`, zh: `ToUserName 不是发送者 ${push.user}` }
        : leaf(fields['FromUserName']) === account
          ? undefined
          : { en: `FromUserName is not the account ${account}`, zh: `FromUserName 不是账号 ${account}` },
  },
  {
    id: 'reply-create-time',
    level: 'must',
    title: { en: 'CreateTime is an integer', zh: 'CreateTime 是整数' },
    says: {
      en: 'CreateTime is an integer: seconds since 1970.',
      zh: 'CreateTime 是整数：1970 年以来的秒数。',
    },
    source,
    remedy: {
      en: 'Write the seconds since 1970, without fraction or quotes.',
      zh: '写 1970 年以来的秒数，不带小数和引号。',
    },
    judge: ({ CreateTime: time }) =>
      isCreateTime(leaf(time))
        ? undefined
        : { en: 'CreateTime is not an integer', zh: 'CreateTime 不是整数' },
  },
  {
    id: 'reply-create-time-seconds',
    level: 'should',
    title: { en: 'CreateTime is in seconds', zh: 'CreateTime 的单位是秒' },
    says: {
      en: 'CreateTime is an integer: seconds since 1970. Milliseconds have been seen to work.',
      zh: 'CreateTime 是整数：1970 年以来的秒数。实测毫秒也能用。',
    },
    source,
    remedy: { en: 'Divide milliseconds by 1000, and round.', zh: '毫秒数除以 1000 再取整。' },
    judge: ({ CreateTime: time }) =>
      /^\d{12,}$/.test(leaf(time))
        ? { en: 'CreateTime is in milliseconds', zh: 'CreateTime 以毫秒计' }
        : undefined,
  },
  {
    id: 'reply-msg-type',
    level: 'must',
    title: { en: 'MsgType is one of seven, in lower case', zh: 'MsgType 是七种之一，小写' },
    says: {
      en: 'text, image, voice, video, music, news, and transfer_customer_service for staff.',
      zh: '可用 text、image、voice、video、music、news，转客服用 transfer_customer_service。',
    },
    source: `${source}; 将消息转发到客服`,
    remedy: { en: 'Write one of them, in lower case.', zh: '用其中一种，小写。' },
    judge: (fields) =>
      Object.hasOwn(payloads, leaf(fields['MsgType']))
        ? undefined
        : { en: 'MsgType is none that WeChat knows', zh: 'MsgType 不是微信支持的类型' },
  },
  {
    id: 'reply-payload',
    level: 'must',
    title: { en: 'A reply has the fields that its type requires', zh: '回复有该类型必需的字段' },
    says: {
      en: 'Content of a text, MediaId within Image, Voice or Video, ThumbMediaId within Music, Articles of news.',
      zh: '文本要有 Content，Image、Voice、Video 里要有 MediaId，Music 里要有 ThumbMediaId，图文要有 Articles。',
    },
    source,
    remedy: {
      en: 'Wrap MediaId in an element named after the type, unlike in pushes.',
      zh: 'MediaId 要放在以类型命名的元素里，这一点与推送不同。',
    },
    judge: (fields) => {
      const complete = payloads[leaf(fields['MsgType'])];
      return complete === undefined || complete(fields)
        ? undefined
        : { en: 'a required element is missing', zh: '缺少必填的元素' };
    },
  },
  {
    id: 'reply-content-not-empty',
    of: 'text',
    level: 'must',
    title: { en: 'The Content of a text reply is not empty', zh: '文字回复的 Content 不为空' },
    says: {
      en: 'An empty answer is an empty body; a text with empty Content shows the user a failure notice.',
      zh: '不回复就返回空的应答；Content 为空的文本，会让用户看到故障提示。',
    },
    source,
    remedy: { en: 'Answer `success` where there is nothing to say.', zh: '没有内容要回复时返回 `success`。' },
    judge: (fields) =>
      leaf(fields['Content']) === '' ? { en: 'Content is empty', zh: 'Content 为空' } : undefined,
  },
  {
    id: 'reply-content-2048',
    of: 'text',
    level: 'must',
    title: {
      en: 'The Content of a text reply has 2,048 bytes at most',
      zh: '文字回复的 Content 不超过 2,048 字节',
    },
    says: { en: 'Content is limited to 2,048 bytes of UTF-8.', zh: 'Content 最多 2048 字节（UTF-8）。' },
    source: `${source}, 回复文本消息`,
    remedy: {
      en: 'Split longer texts between letters; send the rest as customer-service messages.',
      zh: '超长的文本按字符切分，其余部分用客服消息发送。',
    },
    judge(fields) {
      const bytes = Buffer.byteLength(leaf(fields['Content']));
      return bytes > TEXT_LIMIT_BYTES
        ? { en: `Content has ${bytes} bytes`, zh: `Content 有 ${bytes} 字节` }
        : undefined;
    },
  },
  {
    id: 'reply-text-uncut',
    of: 'text',
    level: 'should',
    title: { en: 'No character of a text reply is cut in half', zh: '文字回复没有把一个字符切成两半' },
    says: { en: 'Content is UTF-8.', zh: 'Content 是 UTF-8。' },
    source: `${source}, 回复文本消息`,
    remedy: { en: 'Split between letters, not between bytes.', zh: '按字符切分，不要切在字节中间。' },
    judge: (fields) =>
      leaf(fields['Content']).includes('\uFFFD')
        ? { en: 'Content holds a broken letter', zh: 'Content 里有残缺的字符' }
        : undefined,
  },
  {
    id: 'reply-article-count',
    of: 'news',
    level: 'must',
    title: { en: 'ArticleCount is the number of articles', zh: 'ArticleCount 等于图文的篇数' },
    says: {
      en: 'ArticleCount says how many item elements there are.',
      zh: 'ArticleCount 等于 item 的个数。',
    },
    source: `${source}, 回复图文消息`,
    remedy: {
      en: 'Write the number of item elements that the reply really has.',
      zh: '按实际写出的图文条数填写。',
    },
    judge: (fields) =>
      leaf(fields['ArticleCount']) === String(items(fields).length)
        ? undefined
        : {
            en: `ArticleCount is not ${items(fields).length}`,
            zh: `ArticleCount 不等于 ${items(fields).length}`,
          },
  },
  {
    id: 'reply-one-article',
    of: 'news',
    level: 'should',
    title: { en: 'A reply to a message has one article', zh: '回复消息时只有一篇图文' },
    says: {
      en: 'Since 12 October 2018 replies to messages hold one article; more are dropped.',
      zh: '2018 年 10 月 12 日起，回复消息只能有一条图文，多出的会丢弃。',
    },
    source: `${source}, 回复图文消息`,
    remedy: { en: 'Send one article.', zh: '只发一条图文。' },
    judge: (fields, { push }) =>
      push.family === 'message' && items(fields).length > MESSAGE_REPLY_ARTICLE_LIMIT
        ? { en: `it has ${items(fields).length} articles`, zh: `有 ${items(fields).length} 条图文` }
        : undefined,
  },
  {
    id: 'reply-article-complete',
    of: 'news',
    level: 'must',
    title: {
      en: 'Every article has Title, Description, PicUrl and Url',
      zh: '每篇图文都有 Title、Description、PicUrl 和 Url',
    },
    says: { en: 'The four elements of an item are required.', zh: 'item 的四个元素都必填。' },
    source: `${source}, 回复图文消息`,
    remedy: { en: 'Write all four, even where one is empty.', zh: '四个都要写，空的也要写。' },
    judge(fields) {
      const missing = items(fields).flatMap((item) =>
        ['Title', 'Description', 'PicUrl', 'Url'].filter((name) => !(name in item)),
      )[0];
      return missing === undefined
        ? undefined
        : { en: `an article has no ${missing}`, zh: `有一条图文没有 ${missing}` };
    },
  },
  {
    id: 'transfer-only-messages',
    of: 'transfer_customer_service',
    level: 'should',
    title: { en: 'Only messages are handed to staff', zh: '只有消息才转给客服' },
    says: {
      en: 'Staff would see events as entries without meaning.',
      zh: '转给客服的事件，对客服没有意义。',
    },
    source: '将消息转发到客服',
    remedy: { en: 'Answer events with `success`.', zh: '事件返回 `success`。' },
    judge: (_, { push }) =>
      push.family === 'event' ? { en: 'an event was handed over', zh: '把事件转给了客服' } : undefined,
  },
];

export const replyFieldRules: readonly Rule[] = rules.map(({ judge, of, ...rule }) => ({
  ...rule,
  group: 'replies',
  async check(probe) {
    let judged = 0;
    for (const results of await probe.sample()) {
      const { fields } = results.answer;
      if (fields === undefined || (of !== undefined && leaf(fields['MsgType']) !== of)) continue;
      judged += 1;
      const wrong = judge(fields, results, probe.target.account);
      if (wrong !== undefined) return broken(results.exchange, wrong);
    }
    if (judged > 0) return holds;
    return notJudged(
      of === undefined || of === 'text'
        ? NO_REPLY
        : { en: `no reply of type ${of} came`, zh: `没有收到 ${of} 类型的回复` },
    );
  },
}));

function items(fields: Fields): readonly Fields[] {
  return [block(fields['Articles'])['item'] ?? []].flat().map(block);
}
