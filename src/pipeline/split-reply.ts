import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../protocol/customer-service-message.js';
import type { LateReply, Reply } from '../protocol/reply.js';
import { TEXT_LIMIT_BYTES } from '../protocol/limits.js';
import { splitText } from '../protocol/split-text.js';

/** Whether a passive reply carries it whole. */
export function fitsOneMessage(reply: Reply): boolean {
  return reply.type !== 'text' || Buffer.byteLength(reply.content) <= TEXT_LIMIT_BYTES;
}

/** A reply in the messages that it takes: a text that is too long for one becomes several, all else is one. */
export function splitReply<R extends Reply>(
  reply: R,
): { readonly first: R | LateReply; readonly rest: readonly LateReply[] } {
  if (reply.type !== 'text') return { first: reply, rest: [] };
  const [first, ...rest] = splitText(reply.content).map((content): LateReply => ({ type: 'text', content }));
  return first === undefined || rest.length === 0 ? { first: reply, rest: [] } : { first, rest };
}

/** The customer-service messages that carry a reply: of several articles each is one. @throws ReplyInvalid */
export function toCustomerServiceMessages(reply: LateReply): CustomerServiceMessage[] {
  if (reply.type === 'news')
    return reply.articles.map((article) => toCustomerServiceMessage({ ...reply, articles: [article] }));
  const { first, rest } = splitReply(reply);
  return [first, ...rest].map((part) => toCustomerServiceMessage(part));
}
