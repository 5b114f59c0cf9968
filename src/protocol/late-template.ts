import type { CustomerServiceMessage } from './customer-service-message.js';
import { stripForbiddenCharacters } from './strip-forbidden-characters.js';
import type { Words } from './words.js';

/** The template message or subscription notice that replaces an answer after the send quota ended. */
export interface LateTemplate {
  /** `template`: a template message (模板消息); `subscription`: a subscription notice (订阅通知). */
  readonly type: 'template' | 'subscription';
  readonly templateId: string;
  /** Text of each field, with placeholders: `{ thing1: '{answer:20}', time2: '{time}' }`. */
  readonly data: Readonly<Record<string, string>>;
  /** A page that opens at a tap. */
  readonly url?: string;
  /** Opens instead of `url`. */
  readonly miniprogram?: { readonly appid: string; readonly pagepath?: string };
}

/** The placeholders that a field may hold. */
export const PLACEHOLDERS: Words = {
  en: '{answer}, {answer:20} (cut at so many characters), {time}, {handler}',
  zh: '{answer}、{answer:20}（截到这么多个字）、{time}、{handler}',
};

const BRACED = /\{([^{}]*)\}/g;
const KNOWN = /^(?:answer(?::([1-9]\d{0,3}))?|time|handler)$/;

/** Returns the first text in braces that is not a placeholder. */
export function strangePlaceholder(text: string): string | undefined {
  return [...text.matchAll(BRACED)].find(([, name = '']) => !KNOWN.test(name))?.[0];
}

/** Fills the fields of a template. No field stays empty, because WeChat refuses such. */
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

/** Cuts a text to so many UTF-16 units, between graphemes. WeChat may count otherwise, but never more. */
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

/** Returns an answer in one line. A message without text is named by its type. */
function spoken(messages: readonly CustomerServiceMessage[]): string {
  return onOneLine(messages.map((message) => wordsOf(message)).join(' '));
}

function wordsOf(message: CustomerServiceMessage): string {
  switch (message.msgtype) {
    case 'text':
      // Replaces a link by its text, because fields show no tags.
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

/** Formats as `2026年7月1日 08:05`, which fields of type time and date accept. */
function beijingTime(atMs: number): string {
  const at = new Date(atMs + BEIJING_MS);
  const clock = at.toISOString().slice(11, 16);
  return `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${clock}`;
}
