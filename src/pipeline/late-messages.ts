import { ReplyInvalid, type Reply } from '../protocol/reply.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { DeadReason } from './dead-letters/dead-letter.js';
import { toCustomerServiceMessages } from './split-reply.js';

/** Why an answer cannot travel late. */
export interface NotDeliverable {
  readonly reason: DeadReason;
  readonly detail: string;
}

/** The messages that carry an answer late, or why there are none. */
export function toLateMessages(reply: Reply): readonly CustomerServiceMessage[] | NotDeliverable {
  if (reply.type === 'to-staff')
    return { reason: 'cannot_be_sent_late', detail: 'a transfer to staff exists as a passive reply only' };
  if (reply.channel === 'passive')
    return { reason: 'cannot_be_sent_late', detail: 'its handler pinned it to the passive channel' };
  try {
    return toCustomerServiceMessages(reply);
  } catch (error) {
    if (!(error instanceof ReplyInvalid)) throw error;
    return { reason: 'reply_invalid', detail: error.message };
  }
}

/** Why a run that threw is given up: a reply that WeChat would not take says so itself. */
export const deathBy = (error: unknown, otherwise: NotDeliverable): NotDeliverable =>
  error instanceof ReplyInvalid ? { reason: 'reply_invalid', detail: error.message } : otherwise;
