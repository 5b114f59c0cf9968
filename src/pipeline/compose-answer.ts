import type { AlsoSwap, ShelvedRecord } from '../ports/state-store.js';
import {
  toCustomerServiceMessage,
  type CustomerServiceMessage,
} from '../protocol/customer-service-message.js';
import { joinForPassive } from '../protocol/fit-messages.js';
import type { Reply } from '../protocol/reply.js';
import type { Lifetimes } from './change-record.js';
import { lateMessages, partsOf } from './parts.js';
import { decodeRecord, encodeRecord } from '../push-record/codec.js';
import { placeOf, unsentMessages } from '../push-record/push-record.js';
import { takeFromMailbox } from '../push-record/transitions.js';

/** One passive reply, and what it leaves over. */
export interface PassiveAnswer {
  readonly reply: Reply;
  /** What is left of the push's own answer. */
  readonly rest: readonly CustomerServiceMessage[];
  /** Whether any part of the own answer is in the reply. */
  readonly saysOwn: boolean;
  /** What becomes of the kept answers that it carries, as changes to go with its own. */
  readonly also: readonly AlsoSwap[];
}

/** What a push is answered with: as its handler made it, or as messages that were stored in between. */
export type OwnAnswer = Reply | readonly CustomerServiceMessage[] | undefined;

/**
 * Puts the passive reply to a push together: what was kept for its sender first, then the push's own answer, as much
 * as one reply carries. A transfer to staff goes alone, and what is kept goes on waiting. `undefined`: nothing to say.
 *
 * @throws ReplyInvalid
 */
export function composeAnswer(
  own: OwnAnswer,
  kept: readonly ShelvedRecord[],
  sender: string,
  lifetimes: Lifetimes,
): PassiveAnswer | undefined {
  if (kept.length === 0 || (isReply(own) && own.type === 'to-staff')) return alone(own);
  const before = kept.flatMap(({ stored }) => unsentMessages(decodeRecord(stored.record)));
  const mine = messagesOf(own);
  const joined = joinForPassive([...before, ...mine]);
  const { reply } = joined;
  if (reply === undefined) return alone(own);
  let said = before.length + mine.length - joined.rest.length;
  const also: AlsoSwap[] = [];
  for (const { key, stored } of kept) {
    const record = decodeRecord(stored.record);
    const messages = unsentMessages(record);
    const next = said === 0 ? undefined : takeFromMailbox(record, messages.slice(said));
    said = Math.max(0, said - messages.length);
    if (next === undefined) continue;
    const place = { key: sender, place: placeOf(next) };
    // Its job comes a day after its push, and must find that there is nothing left to do.
    also.push({
      key,
      rev: stored.rev,
      next: encodeRecord(next),
      keepMs: lifetimes.underWayMs,
      sender: place,
    });
  }
  return { reply, rest: mine.slice(said), saysOwn: said > 0, also };
}

function alone(own: OwnAnswer): PassiveAnswer | undefined {
  if (own === undefined) return undefined;
  if (isReply(own)) {
    const { first, rest } = partsOf(own);
    return { reply: first, rest: rest.map(toCustomerServiceMessage), saysOwn: true, also: [] };
  }
  const { reply, rest } = joinForPassive(own);
  return reply && { reply, rest, saysOwn: true, also: [] };
}

function messagesOf(own: OwnAnswer): readonly CustomerServiceMessage[] {
  if (own === undefined) return [];
  if (!isReply(own)) return own;
  return own.type === 'to-staff' ? [] : lateMessages(own);
}

/** Whether it is what a handler made, and not what was stored in between. */
export const isReply = (own: OwnAnswer): own is Reply => own !== undefined && !Array.isArray(own);
