import type { CustomerServiceMessage } from './customer-service-message.js';
import { TEXT_LIMIT_BYTES } from './limits.js';
import type { LateReply } from './reply.js';
export function fitMessages(
  messages: readonly CustomerServiceMessage[],
  budget: number,
): { send: CustomerServiceMessage[]; left: CustomerServiceMessage[] } {
  return { send: messages.slice(0, budget), left: messages.slice(budget) };
}
export function joinForPassive(
  items: readonly CustomerServiceMessage[],
): { reply: LateReply; rest: CustomerServiceMessage[] } | undefined {
  const [first] = items;
  if (first === undefined) return undefined;
  if (first.msgtype === 'image')
    return { reply: { type: 'image', mediaId: first.image.media_id }, rest: items.slice(1) };
  let content = '';
  let n = 0;
  for (const item of items) {
    if (item.msgtype !== 'text') break;
    const next = content === '' ? item.text.content : `${content}\n\n${item.text.content}`;
    if (n > 0 && Buffer.byteLength(next) > TEXT_LIMIT_BYTES) break;
    content = next;
    n += 1;
  }
  return { reply: { type: 'text', content }, rest: items.slice(n) };
}
