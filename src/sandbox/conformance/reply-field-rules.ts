import type { Fields } from '../../protocol/fields.js';
import { MESSAGE_REPLY_ARTICLE_LIMIT, TEXT_LIMIT_BYTES } from '../../protocol/limits.js';
import { block, leaf } from './answer.js';
import type { ProbeResult } from './probe.js';
import { NO_REPLY } from './reply-form-rules.js';
import { broken, holds, notJudged, type Rule } from './rule.js';

const source = '被动回复用户消息';

interface FieldRule extends Omit<Rule, 'group' | 'check'> {
  /** The MsgType to which it speaks; absent: to all. */
  readonly of?: string;
  /** What is wrong with a reply; undefined: nothing. */
  readonly judge: (fields: Fields, results: ProbeResult, account: string) => string | undefined;
}

/** Where each type keeps what it cannot do without. */
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
    title: 'A reply goes back to its sender, from the account',
    says: 'ToUserName is the sender’s OpenID, FromUserName the account’s own gh_ id.',
    source,
    remedy: 'Swap the two of the push; never write the AppID.',
    judge: (fields, { push }, account) =>
      leaf(fields['ToUserName']) !== push.user
        ? `ToUserName is not the sender ${push.user}`
        : leaf(fields['FromUserName']) === account
          ? undefined
          : `FromUserName is not the account ${account}`,
  },
  {
    id: 'reply-create-time-seconds',
    level: 'must',
    title: 'CreateTime is in seconds',
    says: 'CreateTime is an integer: seconds since 1970.',
    source,
    remedy: 'Divide milliseconds by 1000, and round.',
    judge: (fields) =>
      /^\d{9,10}$/.test(leaf(fields['CreateTime'])) ? undefined : 'CreateTime is no number of seconds',
  },
  {
    id: 'reply-msg-type',
    level: 'must',
    title: 'MsgType is one of seven, in lower case',
    says: 'text, image, voice, video, music, news, and transfer_customer_service for staff.',
    source: `${source}; 将消息转发到客服`,
    remedy: 'Write one of them, in lower case.',
    judge: (fields) =>
      Object.hasOwn(payloads, leaf(fields['MsgType'])) ? undefined : 'MsgType is none that WeChat knows',
  },
  {
    id: 'reply-payload',
    level: 'must',
    title: 'A reply has what its type cannot do without',
    says: 'Content of a text, MediaId within Image, Voice or Video, ThumbMediaId within Music, Articles of news.',
    source,
    remedy: 'Wrap MediaId in an element named after the type, unlike in pushes.',
    judge: (fields) => {
      const complete = payloads[leaf(fields['MsgType'])];
      return complete === undefined || complete(fields) ? undefined : 'a required element is missing';
    },
  },
  {
    id: 'reply-content-not-empty',
    of: 'text',
    level: 'must',
    title: 'The Content of a text reply is not empty',
    says: 'An empty answer is an empty body; a text with empty Content shows the user a failure notice.',
    source,
    remedy: 'Answer `success` where there is nothing to say.',
    judge: (fields) => (leaf(fields['Content']) === '' ? 'Content is empty' : undefined),
  },
  {
    id: 'reply-content-2048',
    of: 'text',
    level: 'must',
    title: 'The Content of a text reply has 2,048 bytes at most',
    says: 'Content is limited to 2,048 bytes of UTF-8.',
    source: `${source}, 回复文本消息`,
    remedy: 'Split longer texts between letters; send the rest as customer-service messages.',
    judge(fields) {
      const bytes = Buffer.byteLength(leaf(fields['Content']));
      return bytes > TEXT_LIMIT_BYTES ? `Content has ${bytes} bytes` : undefined;
    },
  },
  {
    id: 'reply-text-uncut',
    of: 'text',
    level: 'should',
    title: 'No letter of a text reply is cut in half',
    says: 'Content is UTF-8.',
    source: `${source}, 回复文本消息`,
    remedy: 'Split between letters, not between bytes.',
    judge: (fields) =>
      leaf(fields['Content']).includes('\uFFFD') ? 'Content holds a broken letter' : undefined,
  },
  {
    id: 'reply-article-count',
    of: 'news',
    level: 'must',
    title: 'ArticleCount is the number of articles',
    says: 'ArticleCount says how many item elements there are.',
    source: `${source}, 回复图文消息`,
    remedy: 'Count the articles that are written.',
    judge: (fields) =>
      leaf(fields['ArticleCount']) === String(items(fields).length)
        ? undefined
        : `ArticleCount is not ${items(fields).length}`,
  },
  {
    id: 'reply-one-article',
    of: 'news',
    level: 'should',
    title: 'A reply to a message has one article',
    says: 'Since 12 October 2018 replies to messages hold one article; more are dropped.',
    source: `${source}, 回复图文消息`,
    remedy: 'Send one article.',
    judge: (fields, { push }) =>
      push.family === 'message' && items(fields).length > MESSAGE_REPLY_ARTICLE_LIMIT
        ? `it has ${items(fields).length} articles`
        : undefined,
  },
  {
    id: 'reply-article-complete',
    of: 'news',
    level: 'must',
    title: 'Every article has Title, Description, PicUrl and Url',
    says: 'The four elements of an item are required.',
    source: `${source}, 回复图文消息`,
    remedy: 'Write all four, even where one is empty.',
    judge(fields) {
      const missing = items(fields).flatMap((item) =>
        ['Title', 'Description', 'PicUrl', 'Url'].filter((name) => !(name in item)),
      )[0];
      return missing === undefined ? undefined : `an article has no ${missing}`;
    },
  },
  {
    id: 'transfer-only-messages',
    of: 'transfer_customer_service',
    level: 'should',
    title: 'Only messages are handed to staff',
    says: 'Staff would see events as entries without meaning.',
    source: '将消息转发到客服',
    remedy: 'Answer events with `success`.',
    judge: (_, { push }) => (push.family === 'event' ? 'an event was handed over' : undefined),
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
    return notJudged(of === undefined || of === 'text' ? NO_REPLY : `no reply of type ${of} came`);
  },
}));

function items(fields: Fields): readonly Fields[] {
  return [block(fields['Articles'])['item'] ?? []].flat().map(block);
}
