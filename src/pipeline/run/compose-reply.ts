import type { LinkedSwap, MailboxEntry } from '../../ports/state-store.js';
import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../../protocol/customer-service-message.js';
import { joinForPassive } from '../../text/fit-messages.js';
import type { Reply } from '../../protocol/reply.js';
import type { RecordTtls } from '../record/update-record.js';
import { toCustomerServiceMessages, splitReply } from '../split-reply.js';
import { decodeRecord, encodeRecord } from '../../push-record/codec.js';
import { placeOf, unsentMessages, type Carried } from '../../push-record/push-record.js';
import { carryFromMailbox } from '../../push-record/transitions.js';

/** A passive reply, and the part of the answer that it does not carry. */
export interface PassiveReply {
  readonly reply: Reply;
  /** The rest of the push's own answer. */
  readonly remainder: readonly CustomerServiceMessage[];
  /** True if the reply contains a part of the push's own answer. */
  readonly includesOwnAnswer: boolean;
  /** Changes of the mailbox entries that the reply carries, to make in the same step. */
  readonly linkedSwaps: readonly LinkedSwap[];
}

/** The push's own answer: a reply of its handler, or messages that were stored meanwhile. */
export type OwnAnswer = Reply | readonly CustomerServiceMessage[] | undefined;

/**
 * Composes the passive reply to a push: the sender's mailbox first, then the push's own answer, as much as one reply
 * can carry. A transfer to customer service goes alone, and the mailbox waits. `undefined`: there is nothing to send.
 *
 * @param carrier  the answered push, and the last moment at which an attempt of it can get the reply
 * @throws ReplyInvalid
 */
export function composeReply(
  own: OwnAnswer,
  mailbox: readonly MailboxEntry[],
  sender: string,
  ttls: RecordTtls,
  carrier: Omit<Carried, 'count'>,
): PassiveReply | undefined {
  if (mailbox.length === 0 || (isReply(own) && own.type === 'to-staff')) return composeSingle(own);
  const before = mailbox.flatMap(({ stored }) => unsentMessages(decodeRecord(stored.record)));
  const mine = messagesOf(own);
  const joined = joinForPassive([...before, ...mine]);
  const { reply } = joined;
  if (reply === undefined) return composeSingle(own);
  let said = before.length + mine.length - joined.rest.length;
  const linkedSwaps: LinkedSwap[] = [];
  for (const { key, stored } of mailbox) {
    const record = decodeRecord(stored.record);
    const messages = unsentMessages(record);
    const count = Math.min(said, messages.length);
    said -= count;
    const next = count === 0 ? undefined : carryFromMailbox(record, { ...carrier, count });
    if (next === undefined) continue;
    const place = { key: sender, place: placeOf(next) };
    linkedSwaps.push({
      key,
      rev: stored.rev,
      next: encodeRecord(next),
      ttlMs: ttls.activeMs,
      sender: place,
    });
  }
  return { reply, remainder: mine.slice(said), includesOwnAnswer: said > 0, linkedSwaps };
}

function composeSingle(own: OwnAnswer): PassiveReply | undefined {
  if (own === undefined) return undefined;
  if (isReply(own)) {
    const { first, rest } = splitReply(own);
    return {
      reply: first,
      remainder: rest.map(toCustomerServiceMessage),
      includesOwnAnswer: true,
      linkedSwaps: [],
    };
  }
  const { reply, rest } = joinForPassive(own);
  return reply && { reply, remainder: rest, includesOwnAnswer: true, linkedSwaps: [] };
}

function messagesOf(own: OwnAnswer): readonly CustomerServiceMessage[] {
  if (own === undefined) return [];
  if (!isReply(own)) return own;
  return own.type === 'to-staff' ? [] : toCustomerServiceMessages(own);
}

/** True for the reply of a handler, false for stored messages. */
export const isReply = (own: OwnAnswer): own is Reply => own !== undefined && !Array.isArray(own);
