import type { Clock } from '../../ports/clock.js';
import type { DeferredJob } from '../../ports/deferred-queue.js';
import type { DeliveryChannelName, Events } from '../../ports/events.js';
import type { Logger } from '../../ports/logger.js';
import type { Account } from '../account.js';
import { CHANNEL } from './decide.js';
import type { Effect } from './delivery-state.js';

/** Logs the progress of a late answer and the cause of a delay. `error`: the last failure. */
export function reportDelivery(
  { log, clock, events }: { readonly log: Logger; readonly clock: Clock; readonly events: Events },
  account: Account,
  { pushId, handler, receivedAtMs }: DeferredJob,
  effect: Extract<Effect, { readonly type: `${'report' | 'warn'}${string}` }>,
  error: unknown,
): void {
  const ms = clock.now() - receivedAtMs;
  const emit = (channel: DeliveryChannelName, result: 'delivered' | 'kept'): void =>
    events.emit({ type: 'delivery.ended', account: account.name, channel, result, pushId, ms });
  switch (effect.type) {
    case 'reportDelivered': {
      const { messages, via: channel = CHANNEL } = effect;
      emit(channel, 'delivered');
      return log.info(
        { stage: 'delivered', channel, pushId, handler, messages, ms },
        'late answer delivered',
      );
    }
    case 'reportKept': {
      const { messages, why } = effect;
      emit('mailbox', 'kept');
      return log.info(
        { stage: 'mailbox', pushId, handler, messages, why },
        'mailbox: a late answer waits for the next message of its user',
      );
    }
    case 'warnResend':
      return log.warn({ pushId }, `resend: ${effect.detail} (ON_AMBIGUOUS_SEND=resend)`);
    case 'warnRetry': {
      const { retries, afterMs, what } = effect;
      return log.warn({ err: error, pushId, ...retries, afterMs }, `retry scheduled: ${what} was not taken`);
    }
    case 'warnOvertakes': {
      const { ahead, waitedMs } = effect;
      return log.warn(
        { pushId, ahead, waitedMs },
        'lane skipped: the answer to an earlier push of this user is stuck, and the later one goes first (LANE_PATIENCE_S)',
      );
    }
    default:
      return effect satisfies never;
  }
}
