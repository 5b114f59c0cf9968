import type { FieldValue, Fields } from '../../protocol/fields.js';
import type { Language, Words } from '../../protocol/words.js';
import { PushRefused } from '../../protocol/refusal.js';
import { keptInReply } from '../../recording/kept-fields.js';
import { readReplyXml } from '../../protocol/read-reply-xml.js';
import { replaceTexts } from '../../recording/render-fields.js';
import { shapeOf } from '../../recording/stand-in.js';

/** The end of an attempt. */
export type AttemptEnd =
  /** No answer within five seconds. */
  | { readonly type: 'open' }
  /** The decrypted answer. */
  | { readonly type: 'answered'; readonly status: number; readonly body: string }
  /** No valid answer, with the reason. */
  | { readonly type: 'failed'; readonly why: Words };

/** Fields that differ between two servers with the same answer: time and account. */
const VOLATILE = new Set(['CreateTime', 'FromUserName']);

/** True if two attempts ended alike. `byShape`: texts of equal length and script count as equal. */
export function endAlike(one: AttemptEnd, other: AttemptEnd, { byShape }: { byShape: boolean }): boolean {
  return isSameBody(one, other) || describeEnd(one, { byShape }) === describeEnd(other, { byShape });
}

/** True if the bodies differ only in their time. Saves parsing of most answers. */
function isSameBody(one: AttemptEnd, other: AttemptEnd): boolean {
  if (one.type !== 'answered' || other.type !== 'answered' || one.status !== other.status) return false;
  return withoutTime(one.body) === withoutTime(other.body);
}

const withoutTime = (body: string): string => body.replace(/<CreateTime>\d+<\/CreateTime>/, '');

interface Description {
  readonly byShape?: boolean;
  readonly language?: Language;
}

/** Describes the end of an attempt, one line per field, without volatile fields. */
export function describeEnd(end: AttemptEnd, { byShape = false, language = 'en' }: Description = {}): string {
  const isChinese = language === 'zh';
  if (end.type === 'open')
    return isChinese ? '（5 秒内不应答，让微信重试）' : '(left open for 5 s, so that WeChat tries again)';
  if (end.type === 'failed') return isChinese ? `（${end.why.zh}）` : `(${end.why.en})`;
  if (end.status !== 200) return isChinese ? `（状态码 ${end.status}）` : `(status ${end.status})`;
  if (end.body === 'success' || end.body === '') return 'success';
  const fields = readReply(end.body);
  if (fields === undefined) return end.body;
  return linesOf(byShape ? replaceTexts(fields, keptInReply, shapeOf) : fields).join('\n');
}

function readReply(body: string): Fields | undefined {
  try {
    return readReplyXml(body);
  } catch (error) {
    if (error instanceof PushRefused) return undefined;
    throw error;
  }
}

const linesOf = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (VOLATILE.has(name) ? [] : field(name, value)));

function field(name: string, value: FieldValue): string[] {
  if (typeof value === 'string') return [`${name}: ${value}`];
  if (Array.isArray(value)) return value.flatMap((item) => field(name, item));
  return [`${name}:`, ...linesOf(value).map((line) => `  ${line}`)];
}
