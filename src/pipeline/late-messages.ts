import { ReplyInvalid, type Reply } from '../protocol/reply.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import { BackendError } from '../handler-runtime/forward/backend-error.js';
import type { DeadReason } from './dead-letters/dead-letter.js';
import { toCustomerServiceMessages } from './split-reply.js';

/** The reason why an answer cannot be sent after the deadline. */
export interface NotDeliverable {
  readonly reason: DeadReason;
  readonly detail: string;
}

/** Converts a late answer to customer-service messages, or returns the reason why that is impossible. */
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

/** Returns the dead-letter reason that an error names itself: a reply that WeChat would not take, a failed backend. */
export function knownDeadReason(error: unknown): NotDeliverable | undefined {
  if (error instanceof ReplyInvalid) return { reason: 'reply_invalid', detail: error.message };
  if (error instanceof BackendError) return { reason: error.code, detail: error.message };
  return undefined;
}

/** Returns the dead-letter reason of a run that threw: the one that its error names, or `otherwise`. */
export const deathBy = (error: unknown, otherwise: NotDeliverable): NotDeliverable =>
  knownDeadReason(error) ?? otherwise;
