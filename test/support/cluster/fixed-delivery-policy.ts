import type { DeliveryChannel, DeliveryPolicy } from '../../../src/pipeline/delivery-policy.js';

/** The policy of an account of which all is known, for simulations. */
export const fixedDeliveryPolicy = (channel: DeliveryChannel, notice: string): DeliveryPolicy => ({
  channel,
  mailboxEnabled: true,
  notice,
  pausedUntilMs: 0,
  pauseUntil: () => undefined,
  tryAcquireHold: () => Promise.resolve(true),
  settled: () => Promise.resolve(),
  onPermissionDenied: () => Promise.resolve(),
  askAgain: () => Promise.resolve(),
  view: () => ({ channel, why: 'configured' }),
  start: () => Promise.resolve(),
  stop: () => undefined,
});
