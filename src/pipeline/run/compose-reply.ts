import type { LinkedSwap, MailboxEntry } from '../../ports/state-store.js';
import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../../protocol/customer-service-message.js';
import { joinForPassive } from '../../protocol/fit-messages.js';
import type { Reply } from '../../protocol/reply.js';
import type { RecordTtls } from '../record/update-record.js';
import { toCustomerServiceMessages, splitReply } from '../split-reply.js';
import { decodeRecord, encodeRecord } from '../../push-record/codec.js';
import { placeOf, unsentMessages } from '../../push-record/push-record.js';
import { takeFromMailbox } from '../../push-record/transitions.js';

/** One passive reply, and what it leaves over. */
export interface PassiveReply {
  readonly reply: Reply;
  /** What is left of the push's own answer. */
  readonly remainder: readonly CustomerServiceMessage[];
  /** Whether any part of the own answer is in the reply. */
  readonly includesOwnAnswer: boolean;
  /** What becomes of the kept answers that it carries, as changes to go with its own. */
  readonly linkedSwaps: readonly LinkedSwap[];
}

/** What a push is answered with: as its handler made it, or as messages that were stored in between. */
export type OwnAnswer = Reply | readonly CustomerServiceMessage[] | undefined;

/**
 * Puts the passive reply to a push together: what was kept for its sender first, then the push's own answer, as much
 * as one reply carries. A transfer to staff goes alone, and what is kept goes on waiting. `undefined`: nothing to say.
 *
 * @throws ReplyInvalid
 */
export function composeReply(
  own: OwnAnswer,
  mailbox: readonly MailboxEntry[],
  sender: string,
  ttls: RecordTtls,
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
    const next = said === 0 ? undefined : takeFromMailbox(record, messages.slice(said));
    said = Math.max(0, said - messages.length);
    if (next === undefined) continue;
    const place = { key: sender, place: placeOf(next) };
    // Its job comes a day after its push, and must find that there is nothing left to do.
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

/** Whether it is what a handler made, and not what was stored in between. */
export const isReply = (own: OwnAnswer): own is Reply => own !== undefined && !Array.isArray(own);
