import type { JobResult } from '../../ports/deferred-queue.js';
import type { refusalOf } from '../dead-letters/dead-letter.js';
import { moveToMailbox } from './mailbox.js';
import { CONFLICT, type Delivery } from './delivery.js';
import { isReplied } from '../../push-record/push-record.js';
import * as to from '../../push-record/transitions.js';
import { sendTemplate } from './send-template.js';

/** The channel that deliveries take. */
export const CHANNEL = 'customer-service';

/** All of it was taken, or the template in its place. */
export async function conclude(
  delivery: Delivery,
  messages: number,
  via?: 'template' | 'subscription',
): Promise<JobResult> {
  const { deps, job } = delivery;
  const ok = await delivery.change((current, lease) =>
    to.conclude(current, lease, { state: 'delivered', ...(via && { via }) }),
  );
  const ms = deps.clock.now() - job.receivedAtMs;
  const channel = via ?? CHANNEL;
  deps.events.emit({
    type: 'delivery.ended',
    account: delivery.account.name,
    channel,
    result: 'delivered',
    pushId: job.pushId,
    ms,
  });
  deps.log.info(
    { stage: 'delivered', channel, pushId: job.pushId, handler: job.handler, messages, ms },
    'late answer delivered',
  );
  return delivery.end(ok);
}

/**
 * The user cannot be reached until he does something. Where nobody has seen a part of the answer, a template goes in its
 * place, if there is one; else it is kept for then.
 */
export async function onQuotaClosed(
  delivery: Delivery,
  detail: string,
  refusal: ReturnType<typeof refusalOf> = {},
): Promise<JobResult> {
  const { account, job } = delivery;
  const isWhole = delivery.sent === 0 && !isReplied(delivery.record);
  const template = account.lateTemplate;
  // A letter that is tried again may be about the rest of an answer.
  if (!isWhole || template === undefined || job.redrive !== undefined)
    return mailboxOrDeadLetter(delivery, detail, refusal, isWhole);
  const outcome = await sendTemplate(delivery, template);
  switch (outcome.type) {
    case 'accepted':
      return conclude(delivery, delivery.unsent.length, template.type);
    case 'retry':
      return delivery.release(outcome.afterMs, outcome.counts);
    case 'ambiguous':
      return onUnknownOutcome(delivery, outcome.detail);
    case 'conflict':
      return CONFLICT;
    case 'refused':
      return mailboxOrDeadLetter(
        delivery,
        `${detail}; and the ${template.type} in its place: ${outcome.detail}`,
        outcome.refusal.errcode === undefined ? refusal : outcome.refusal,
        isWhole,
      );
    default:
      return outcome satisfies never;
  }
}

function mailboxOrDeadLetter(
  delivery: Delivery,
  detail: string,
  refusal: ReturnType<typeof refusalOf>,
  isWhole: boolean,
): Promise<JobResult> {
  return isWhole && delivery.account.deliveryPolicy.mailboxEnabled
    ? moveToMailbox(delivery, detail)
    : delivery.deadLetter('window-closed', detail, { channel: CHANNEL, ...refusal });
}

/** Nobody knows whether WeChat took the message: configuration decides between a second copy and none. */
export async function onUnknownOutcome(delivery: Delivery, detail: string): Promise<JobResult> {
  const { deps, job } = delivery;
  if (deps.settings.onAmbiguousSend === 'drop')
    return delivery.deadLetter('unknown', detail, { channel: CHANNEL });
  deps.log.warn({ pushId: job.pushId }, `${detail}; it is sent again (ON_AMBIGUOUS_SEND=resend)`);
  return delivery.release(delivery.jittered(1_000));
}
