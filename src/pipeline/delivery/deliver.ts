import { isPermissionDenied } from '../../api/send-permission-fact.js';
import { decideRetry } from '../../api/retry-policy.js';
import type { JobResult } from '../../ports/deferred-queue.js';
import type { SendQuota, QuotaChange } from '../../ports/state-store.js';
import type { CustomerServiceMessage } from '../../protocol/customer-service-message.js';
import { fitMessages } from '../../protocol/fit-messages.js';
import { toOpenId, type AccessToken } from '../../protocol/ids.js';
import { triggerOf, grantFor } from '../../protocol/send-windows.js';
import { refusalOf } from '../dead-letters/dead-letter.js';
import { conclude, onQuotaClosed, onUnknownOutcome, CHANNEL } from './conclude-delivery.js';
import { retryWhileUnavailable } from '../record/retry-while-unavailable.js';
import { deliveryClockStartMs } from '../record/record-ref.js';
import { moveToMailbox } from './mailbox.js';
import { POLL_INTERVAL_MS, CONFLICT, type Delivery } from './delivery.js';
import { recordIntent, recordSent, replaceUnsent } from '../../push-record/transitions.js';
import { sendMessage } from '../send-message.js';
import { ATTEMPTS_WINDOW_MS } from '../run/pending-attempts.js';

/**
 * Brings the messages of a late answer on their channel: one after the other through the customer-service API, in the
 * sender's lane and within the sender's window, with an intent noted durably before each; or to the mailbox.
 */
export async function deliver(delivery: Delivery): Promise<JobResult> {
  const { record, account, deps } = delivery;
  if (record.state === 'delivering' && record.intent !== undefined)
    return onUnknownOutcome(delivery, 'its process died while the message was on its way');
  await account.deliveryPolicy.settled();
  if (account.deliveryPolicy.channel === 'passive-only')
    return moveToMailbox(delivery, 'the account may not send');
  const pausedMs = account.deliveryPolicy.pausedUntilMs - deps.clock.now();
  if (pausedMs > 0) return delivery.release(pausedMs);
  if (!(await isHeadOfLane(delivery))) return delivery.release(POLL_INTERVAL_MS);
  const unfit = await fitToQuota(delivery);
  if (unfit !== undefined) return unfit;
  const { sent, unsent } = delivery;
  for (const [index, message] of unsent.entries()) {
    if (delivery.signal.aborted) return delivery.release(0);
    const verdict = await send(delivery, message, sent + index);
    if (verdict !== undefined) return verdict;
  }
  return conclude(delivery, sent + unsent.length);
}

/** Nothing of an earlier push of the sender is under way; what has been for longer than the patience gives way. */
async function isHeadOfLane({ deps, ref, job, signal }: Delivery): Promise<boolean> {
  const predecessor = await retryWhileUnavailable(
    deps,
    ref.pushId,
    () => deps.store.predecessor(ref.sender, ref.key, deps.clock.now()),
    signal,
  );
  const nowMs = deps.clock.now();
  if (predecessor === undefined) return true;
  if (nowMs - predecessor.sinceMs < deps.settings.lanePatienceMs) return false;
  deps.log.warn(
    { pushId: job.pushId, ahead: predecessor.key, waitedMs: nowMs - predecessor.sinceMs },
    'the answer to an earlier push of this user is stuck: the later one goes first (LANE_PATIENCE_S)',
  );
  return true;
}

/** Puts the messages together so that they fit into the window. A verdict: there is no room at all. */
async function fitToQuota(delivery: Delivery): Promise<JobResult | undefined> {
  const { left } = await sendQuota(delivery);
  if (left === 0) return onQuotaClosed(delivery, 'nothing may be sent to the user now');
  const remaining = delivery.unsent;
  if (remaining.length <= left) return undefined;
  const fitting = fitMessages(remaining, left);
  if (fitting.left.length > 0)
    // The same part again after a crash, another one where the rest has to be cut once more.
    await delivery.deadLetterPart(`left-of-${remaining.length}`, fitting.left, {
      reason: 'too_many_messages',
      channel: CHANNEL,
      detail: `the window allows ${left} more, ${remaining.length} were to be sent`,
    });
  return (await delivery.change((record, lease) => replaceUnsent(record, lease, fitting.send)))
    ? undefined
    : CONFLICT;
}

/** Token in hand, window spent, intent noted, message sent, result noted. `undefined`: WeChat took it. */
async function send(
  delivery: Delivery,
  message: CustomerServiceMessage,
  number: number,
): Promise<JobResult | undefined> {
  const { account } = delivery;
  let token: AccessToken;
  try {
    token = await account.api.tokens.get();
  } catch (error) {
    return onFailure(delivery, error);
  }
  if (!(await sendQuota(delivery, 'spend')).changed) return onQuotaClosed(delivery, 'the window is used up');
  if (!(await delivery.change(recordIntent))) return CONFLICT;
  try {
    await sendMessage(account, toOpenId(delivery.job.user), message, { token });
  } catch (error) {
    return onFailure(delivery, error, { spent: true });
  }
  const noted = await delivery.change((record, lease) => recordSent(record, lease, number));
  return noted ? undefined : CONFLICT;
}

async function onFailure(delivery: Delivery, error: unknown, { spent = false } = {}): Promise<JobResult> {
  const { deps, job, account, retries } = delivery;
  const at = { nowMs: deps.clock.now(), pushedAtMs: deliveryClockStartMs(job) };
  if (isPermissionDenied(error) && account.deliveryPolicy.mailboxEnabled) {
    await account.deliveryPolicy.onPermissionDenied();
    return moveToMailbox(delivery, 'the account may not send (48001)');
  }
  const next = decideRetry(error, retries, at, deps.random);
  if (next.type !== 'ambiguous' && spent) {
    const isClosed = next.type === 'dead' && next.reason === 'window-closed';
    await sendQuota(delivery, isClosed ? 'close' : 'refund');
  }
  const refusal = refusalOf(error);
  switch (next.type) {
    case 'retry':
      deps.log.warn(
        { err: error, pushId: job.pushId, ...next.retries, afterMs: next.afterMs },
        'a late answer was not taken; it is tried again',
      );
      if (next.pausesAccount === true) account.deliveryPolicy.pausedUntilMs = deps.clock.now() + next.afterMs;
      return delivery.release(next.afterMs, next.retries);
    case 'dead':
      return next.reason === 'window-closed'
        ? onQuotaClosed(delivery, next.detail, refusal)
        : delivery.deadLetter(next.reason, next.detail, { channel: CHANNEL, ...refusal });
    case 'ambiguous':
      return onUnknownOutcome(delivery, next.detail);
    default:
      return next satisfies never;
  }
}

/**
 * The claim noted what the push opens, at its first try; the job knows only when the try came that wrote it. For a store
 * that forgot it is noted again, from before any try of the push, so that it never passes for a new opening.
 */
function sendQuota(
  { deps, ref, push, job, signal }: Delivery,
  change?: NonNullable<QuotaChange['change']>,
): Promise<SendQuota & { readonly changed: boolean }> {
  const trigger = push === undefined ? undefined : triggerOf(push);
  const ask = () =>
    deps.store.sendQuota({
      sender: ref.sender,
      nowMs: deps.clock.now(),
      ...(change === undefined ? {} : { change }),
      ...(trigger === undefined ? {} : { granted: grantFor(trigger, job.receivedAtMs - ATTEMPTS_WINDOW_MS) }),
    });
  return retryWhileUnavailable(deps, ref.pushId, ask, signal);
}
