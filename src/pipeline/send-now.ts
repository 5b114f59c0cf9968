import { ApiRefused, ApiUnreachable } from '../api/api-error.js';
import { isPermissionDenied } from '../api/send-permission-fact.js';
import type { Clock } from '../ports/clock.js';
import type { SendQuota, StateStore } from '../ports/state-store.js';
import { senderKey } from '../ports/record-key.js';
import { AppError } from '../protocol/app-error.js';
import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import type { Push } from '../protocol/push/push.js';
import type { Account } from './account.js';
import { sendMessage } from './send-message.js';

/** Thrown by `ctx.send` without an API call, because nothing may be sent to the user at this moment. */
export class WindowClosed extends AppError {
  readonly code = 'window_closed';
}

interface SendNowDeps {
  readonly store: StateStore;
  readonly clock: Clock;
}

/** Reads the send quota of a push's sender. @throws StoreUnavailable */
export async function readSendQuota(
  { store, clock }: SendNowDeps,
  account: Account,
  push: Push,
): Promise<SendQuota> {
  const sender = senderKey(account.appId, push.user);
  const { left, untilMs } = await store.sendQuota({ sender, nowMs: clock.now() });
  return { left, untilMs };
}

/**
 * Sends a customer-service message to the sender of a push at once, and counts it against the send quota.
 *
 * @throws WindowClosed, StoreUnavailable  nothing was sent
 * @throws ApiRefused, ApiUnreachable
 */
export async function sendNow(
  { store, clock }: SendNowDeps,
  account: Account,
  push: Push,
  message: CustomerServiceMessage,
): Promise<void> {
  const sender = senderKey(account.appId, push.user);
  const change = (kind: 'spend' | 'refund' | 'close') =>
    store.sendQuota({ sender, nowMs: clock.now(), change: kind });
  if (!(await change('spend')).changed)
    throw new WindowClosed(
      'ctx.send: nothing more may be sent to this user now; ctx.window() says how much is left, a returned reply finds its own way',
    );
  try {
    await sendMessage(account, push.user, message);
  } catch (error) {
    if (error instanceof ApiRefused) {
      await change(error.errorClass === 'window-closed' ? 'close' : 'refund');
      if (isPermissionDenied(error)) await account.deliveryPolicy.onPermissionDenied();
    } else if (error instanceof ApiUnreachable && !error.sent) await change('refund');
    throw error;
  }
}
