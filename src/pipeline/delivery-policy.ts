import type { SendPermission } from '../api/send-permission.js';
import type { Clock } from '../ports/clock.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';
import { WECHAT_MAX_ATTEMPTS } from './run/pending-attempts.js';

/** Channel of an answer that is not ready in time: a customer-service message, or the next passive reply. */
export type DeliveryChannel = 'customer-service' | 'passive-only';

/** `auto`: as the account's API permissions allow; passive-only until they are known. */
export type LateReplyMode = DeliveryChannel | 'auto';

/** WeChat counts one failure for each held attempt; the last attempt of a push is never held. */
const HELD_ATTEMPTS = WECHAT_MAX_ATTEMPTS - 1;
/** WeChat counts the failures of a callback over five minutes, and raises an alarm at thirty. Source: 接口报警. */
const HOLD_RATE_PERIOD_MS = 5 * 60_000;

/** The channel of late answers and the reason for it, for operators. */
export interface DeliveryChannelView {
  readonly channel: DeliveryChannel;
  readonly why: 'configured' | 'no-app-secret' | 'granted' | 'denied' | 'not-known-yet';
  /** Time at which WeChat granted or refused the permission, ISO 8601. */
  readonly since?: string;
}

/** Knows which channel the late answers of one account use at this moment. */
export interface DeliveryPolicy {
  /** Never waits for a call: every push reads it. */
  readonly channel: DeliveryChannel;
  /** False if the configuration pins the customer-service channel: what cannot be sent there becomes a dead letter. */
  readonly mailboxEnabled: boolean;
  /** Reply to a user whose answer goes to the mailbox. */
  readonly notice: string;
  /** No message is sent before this time: WeChat's limits per minute cover the whole account. Each process keeps its own. */
  readonly pausedUntilMs: number;
  /** Pauses all sends of the account until `atMs`, after WeChat refused a message for a limit per minute. */
  pauseUntil(atMs: number): void;
  /** Counts one more attempt that is left unanswered. False: the rate limit is reached. Never rejects. */
  tryAcquireHold(): Promise<boolean>;
  /** Resolves once the channel is known, or the call that asks for it failed. */
  settled(): Promise<void>;
  /** Switches to passive-only after WeChat refused a customer-service message with 48001 (no permission). Never throws. */
  onPermissionDenied(): Promise<void>;
  /** Asks WeChat for the permission now, unless the channel is configured. */
  askAgain(): Promise<void>;
  view(): DeliveryChannelView;
  /** Starts to ask WeChat for the permissions, unless the channel is configured. Returns at once. */
  start(): Promise<void>;
  stop(): void;
}

export function createDeliveryPolicy(deps: {
  readonly appId: AppId;
  readonly mode: LateReplyMode;
  /** False if no AppSecret is configured; then `auto` is passive-only. */
  readonly canCall: boolean;
  readonly permission: SendPermission;
  readonly notice: string;
  readonly heldPer5Min: number;
  readonly store: StateStore;
  readonly clock: Clock;
}): DeliveryPolicy {
  const { appId, mode, canCall, permission, notice, heldPer5Min, store, clock } = deps;
  const isLearned = mode === 'auto' && canCall;
  let pausedUntilMs = 0;

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
    get pausedUntilMs() {
      return pausedUntilMs;
    },
    pauseUntil(atMs) {
      pausedUntilMs = Math.max(pausedUntilMs, atMs);
    },
    async tryAcquireHold() {
      const held = {
        name: `${appId}:held`,
        // The limiter counts failures, as WeChat does.
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
    async askAgain() {
      if (isLearned) await permission.askAgain();
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
