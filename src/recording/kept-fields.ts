import { typedFields } from '../protocol/typed-fields.js';

/** True if the text of this field stays unchanged. */
export type IsKept = (name: string, value: string) => boolean;

/**
 * Fields of a push with its type and time, whose values are WeChat's or the account's own. Everything else may be
 * personal data, so it is replaced, including future fields.
 */
const OF_PUSHES = new Set(
  (
    'ToUserName CreateTime MsgType Event InfoType MsgId MsgID MsgDataId Idx EventKey bizmsgmenuid Format Scale ' +
    'Status MenuId AppId AppID appid CardId'
  ).split(' '),
);
const OF_REPLIES = new Set(['FromUserName', 'CreateTime', 'MsgType', 'ArticleCount']);
/** Times of events, and counts. */
const TIME_OR_COUNT = /(?:time|count)$/i;
const TRADE_NUMBER = 'last_trade_no_';

/** Returns the kept fields of a push, by MsgType and Event. */
export function keptInPush(msgType: string, event: string): IsKept {
  const typed = typedFields(msgType, event)?.names.filter((name) => name !== 'EventKey') ?? [];
  return (name, value) => {
    if (typed.includes(name)) return false;
    if (name === 'EventKey') return !value.startsWith(TRADE_NUMBER);
    return OF_PUSHES.has(name) || (TIME_OR_COUNT.test(name) && /^\d*$/.test(value)) || isFlag(value);
  };
}

export const keptInReply: IsKept = (name) => OF_REPLIES.has(name);

/** True for a flag: one digit identifies nobody, and handlers need it. */
const isFlag = (value: string): boolean => /^(?:\d|true|false)$/i.test(value);
