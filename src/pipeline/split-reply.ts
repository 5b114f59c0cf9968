import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../protocol/customer-service-message.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import { TEXT_LIMIT_BYTES } from '../protocol/limits.js';
import { splitText } from '../text/split-text.js';

/** A text of this many UTF-16 units always fits: each unit takes three bytes at most. */
const SURELY_FITS = Math.floor(TEXT_LIMIT_BYTES / 3);

/** Splits a text reply that is too long for one message; any other reply stays one. */
export function splitReply<R extends Reply>(
  reply: R,
): { readonly first: R | LateReply; readonly rest: readonly LateReply[] } {
  if (reply.type !== 'text' || reply.content.length <= SURELY_FITS) return { first: reply, rest: [] };
  const [first, ...rest] = splitText(reply.content).map((content): LateReply => ({ type: 'text', content }));
  return first === undefined || rest.length === 0 ? { first: reply, rest: [] } : { first, rest };
}

/** Converts a reply to customer-service messages; each of several articles becomes a message. @throws ReplyInvalid */
export function toCustomerServiceMessages(reply: LateReply): CustomerServiceMessage[] {
  if (reply.type === 'news')
    return reply.articles.map((article) => toCustomerServiceMessage({ ...reply, articles: [article] }));
  const { first, rest } = splitReply(reply);
  return [first, ...rest].map((part) => toCustomerServiceMessage(part));
}
