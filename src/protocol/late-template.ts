import type { CustomerServiceMessage } from './customer-service-message.js';
import { stripForbiddenCharacters } from './strip-forbidden-characters.js';

/** What is sent to a user to whom no message may be sent any more: a template message or a subscription notice. */
export interface LateTemplate {
  /** `template`: a template message (模板消息); `subscription`: a subscription notice (订阅通知). */
  readonly type: 'template' | 'subscription';
  readonly templateId: string;
  /** By field, its text with placeholders: `{ thing1: '{answer:20}', time2: '{time}' }`. */
  readonly data: Readonly<Record<string, string>>;
  /** A page that opens at a tap. */
  readonly url?: string;
  /** Opens instead of `url`. */
  readonly miniprogram?: { readonly appid: string; readonly pagepath?: string };
}

/** What a field may hold besides text of its own. */
export const PLACEHOLDERS = '{answer}, {answer:20} (cut at so many characters), {time}, {handler}';

const BRACED = /\{([^{}]*)\}/g;
const KNOWN = /^(?:answer(?::([1-9]\d{0,3}))?|time|handler)$/;

/** The first thing in braces that is no placeholder. */
export function strangePlaceholder(text: string): string | undefined {
  return [...text.matchAll(BRACED)].find(([, name = '']) => !KNOWN.test(name))?.[0];
}

/** The fields of a template, filled. No field stays empty, since such are refused. */
export function fillTemplate(
  { data }: LateTemplate,
  about: {
    readonly messages: readonly CustomerServiceMessage[];
    readonly handler: string;
    readonly atMs: number;
  },
): Record<string, { readonly value: string }> {
  const answer = spoken(about.messages);
  const fill = (text: string): string =>
    text.replace(BRACED, (all, name: string) => {
      if (name === 'time') return beijingTime(about.atMs);
      if (name === 'handler') return about.handler;
      const [known, most] = KNOWN.exec(name) ?? [];
      if (known === undefined) return all;
      return most === undefined ? answer : clip(answer, Number(most));
    });
  return Object.fromEntries(
    Object.entries(data).map(([field, text]) => [field, { value: onOneLine(fill(text)) || LEFT_OUT }]),
  );
}

const LEFT_OUT = '…';
const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** At most so many UTF-16 units, whichever way WeChat counts; never a torn grapheme. */
function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  let head = '';
  for (const { segment } of graphemes.segment(text)) {
    if (head.length + segment.length > most - LEFT_OUT.length) break;
    head += segment;
  }
  return head.trimEnd() + LEFT_OUT;
}

const onOneLine = (text: string): string => stripForbiddenCharacters(text).replace(/\s+/g, ' ').trim();

/** What an answer says, in one line; what has no words is named. */
function spoken(messages: readonly CustomerServiceMessage[]): string {
  return onOneLine(messages.map((message) => wordsOf(message)).join(' '));
}

function wordsOf(message: CustomerServiceMessage): string {
  switch (message.msgtype) {
    case 'text':
      // Of a link its text: fields show no tags.
      return message.text.content.replace(/<a\b[^>]*>([^]*?)<\/a>/gi, '$1');
    case 'news':
      return message.news.articles.map(({ title }) => title).join(' ');
    case 'music':
      return message.music.title || '[音乐]';
    case 'video':
      return message.video.title ?? '[视频]';
    case 'msgmenu':
      return message.msgmenu.head_content ?? '[菜单]';
    case 'miniprogrampage':
      return message.miniprogrampage.title;
    case 'image':
      return '[图片]';
    case 'voice':
      return '[语音]';
    case 'mpnews':
    case 'mpnewsarticle':
      return '[图文]';
    case 'wxcard':
      return '[卡券]';
    default:
      return message satisfies never;
  }
}

const BEIJING_MS = 8 * 3_600_000;

/** `2026年7月1日 08:05`, which fields of type time and date take. */
function beijingTime(atMs: number): string {
  const at = new Date(atMs + BEIJING_MS);
  const clock = at.toISOString().slice(11, 16);
  return `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${clock}`;
}
