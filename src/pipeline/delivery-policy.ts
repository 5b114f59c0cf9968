import type { SendPermission } from '../api/send-permission.js';
import type { Clock } from '../ports/clock.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import { WECHAT_MAX_ATTEMPTS } from './run/pending-attempts.js';

/** How an answer travels that is not ready in time: as a customer-service message, or with the next passive reply. */
export type DeliveryChannel = 'customer-service' | 'passive-only';

/** `auto`: as WeChat says; passive-only while it has not said yet. */
export type LateReplyMode = DeliveryChannel | 'auto';

/** A push that is held makes so many failures: its last attempt is answered. */
const HELD_ATTEMPTS = WECHAT_MAX_ATTEMPTS - 1;
/** WeChat counts the failures of a callback over this time, and raises an alarm at thirty. Source: 接口报警. */
const HOLD_RATE_PERIOD_MS = 5 * 60_000;

/** The channel, and why it is that one, for operators. */
export interface DeliveryChannelView {
  readonly channel: DeliveryChannel;
  readonly why: 'configured' | 'no-app-secret' | 'granted' | 'denied' | 'not-known-yet';
  /** When WeChat said so, ISO 8601. */
  readonly since?: string;
}

/** The late channel of one account, as far as anybody knows. */
export interface DeliveryPolicy {
  /** Known without waiting: it is asked for with every push. */
  readonly channel: DeliveryChannel;
  /** False where the configuration pins the customer-service channel: what it cannot carry is not kept. */
  readonly mailboxEnabled: boolean;
  /** What is said to a user whose answer is kept. */
  readonly notice: string;
  /** Nothing is sent before: WeChat's limits per minute concern all that the account sends. Each process learns it. */
  pausedUntilMs: number;
  /** Counts one more attempt that is left without an answer. False: there are too many already. Never rejects. */
  tryAcquireHold(): Promise<boolean>;
  /** Resolves once it is known, or could not be learned now. */
  settled(): Promise<void>;
  /** WeChat refused a customer-service message for want of the right (48001). Never throws. */
  onPermissionDenied(): Promise<void>;
  view(): DeliveryChannelView;
  /** Begins to learn it, where it is not configured. Does not wait for WeChat. */
  start(): Promise<void>;
  stop(): void;
}

export function createDeliveryPolicy(deps: {
  readonly appId: AppId;
  readonly mode: LateReplyMode;
  /** False: there is no secret to make calls with, so `auto` is passive-only. */
  readonly canCall: boolean;
  readonly permission: SendPermission;
  readonly notice: string;
  readonly heldPer5Min: number;
  readonly store: StateStore;
  readonly clock: Clock;
}): DeliveryPolicy {
  const { appId, mode, canCall, permission, notice, heldPer5Min, store, clock } = deps;
  const isLearned = mode === 'auto' && canCall;

  function channel(): DeliveryChannel {
    if (mode !== 'auto') return mode;
    return canCall && permission.state === 'granted' ? 'customer-service' : 'passive-only';
  }

  return {
    get channel() {
      return channel();
    },
    mailboxEnabled: mode !== 'customer-service',
    notice,
    pausedUntilMs: 0,
    async tryAcquireHold() {
      const held = {
        name: `${appId}:held`,
        // In failures, as WeChat counts them.
        limit: heldPer5Min * HELD_ATTEMPTS,
        perMs: HOLD_RATE_PERIOD_MS,
        nowMs: clock.now(),
      };
      try {
        return await store.tryAcquireRate(held);
      } catch {
        return false;
      }
    },
    settled: () => (isLearned ? permission.settled() : Promise.resolve()),
    async onPermissionDenied() {
      if (isLearned) await permission.denied();
    },
    view() {
      if (!isLearned) return { channel: channel(), why: mode === 'auto' ? 'no-app-secret' : 'configured' };
      const { state, saidAtMs } = permission;
      return {
        channel: channel(),
        why: state === 'unknown' ? 'not-known-yet' : state,
        ...(saidAtMs !== undefined && { since: new Date(saidAtMs).toISOString() }),
      };
    },
    async start() {
      if (isLearned) await permission.start();
    },
    stop: () => permission.stop(),
  };
}
