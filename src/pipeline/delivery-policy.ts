import { ApiRefused } from '../api/api-error.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';

/** The account lacks the right to send. Source: 全局返回码, 48001. */
const PERMISSION_DENIED = 48001;

export const isPermissionDenied = (error: unknown): boolean =>
  error instanceof ApiRefused && error.errcode === PERMISSION_DENIED;

/** How an answer travels that is not ready in time: as a customer-service message, or with the next passive reply. */
export type DeliveryChannel = 'customer-service' | 'passive-only';

/** `auto`: customer-service until WeChat says that the account lacks the right. */
export type LateReplyMode = DeliveryChannel | 'auto';

/** WeChat is asked again after this whether the account still lacks the right. */
const PERMISSION_RECHECK_MS = 24 * 3_600_000;
/** WeChat counts the failures of a callback over this time, and raises an alarm at thirty. Source: 接口报警. */
const HOLD_RATE_PERIOD_MS = 5 * 60_000;
/** What another process learned is known here after this, at the latest. */
const CHANNEL_POLL_INTERVAL_MS = 30_000;

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
  /** Counts one more push whose tries are left without an answer. False: there are too many already. Never rejects. */
  tryAcquireHold(): Promise<boolean>;
  /** WeChat refused a customer-service message for want of the right (48001). Never throws. */
  onPermissionDenied(): Promise<void>;
  /** Looks what the others have learned, now and from time to time. */
  start(): Promise<void>;
  stop(): void;
}

export function createDeliveryPolicy(deps: {
  readonly appId: AppId;
  readonly mode: LateReplyMode;
  readonly notice: string;
  readonly heldPer5Min: number;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
}): DeliveryPolicy {
  const { appId, mode, notice, heldPer5Min, store, clock, log } = deps;
  const name = `${appId}:late-road`;
  let permissionDeniedUntilMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let stopped = false;

  async function poll(): Promise<void> {
    try {
      const until = Number((await store.get(name, clock.now())) ?? Number.NEGATIVE_INFINITY);
      if (until > permissionDeniedUntilMs) permissionDeniedUntilMs = until;
    } catch (error) {
      log.debug({ err: error }, 'it could not be looked up which channel late answers take');
    }
    if (stopped) return;
    cancel = clock.schedule(CHANNEL_POLL_INTERVAL_MS, () => void poll(), { background: true });
  }

  return {
    get channel() {
      if (mode !== 'auto') return mode;
      return clock.now() < permissionDeniedUntilMs ? 'passive-only' : 'customer-service';
    },
    mailboxEnabled: mode !== 'customer-service',
    notice,
    pausedUntilMs: 0,
    async tryAcquireHold() {
      const held = {
        name: `${appId}:held`,
        limit: heldPer5Min,
        perMs: HOLD_RATE_PERIOD_MS,
        nowMs: clock.now(),
      };
      try {
        return await store.tryAcquireRate(held);
      } catch {
        return false;
      }
    },
    async onPermissionDenied() {
      if (mode !== 'auto' || clock.now() < permissionDeniedUntilMs) return;
      const nowMs = clock.now();
      permissionDeniedUntilMs = nowMs + PERMISSION_RECHECK_MS;
      log.warn(
        { errcode: PERMISSION_DENIED },
        'this account may not send customer-service messages: late answers are kept for the next message of their user; ' +
          'WeChat is asked again in 24 h (LATE_REPLY=passive-only says so from the start)',
      );
      try {
        const expected = await store.get(name, nowMs);
        const next = String(permissionDeniedUntilMs);
        await store.compareAndSet({ name, expected, next, nowMs, ttlMs: PERMISSION_RECHECK_MS });
      } catch (error) {
        log.debug({ err: error }, 'the other processes could not be told which channel late answers take');
      }
    },
    async start() {
      if (mode !== 'auto') return;
      await poll();
      if (clock.now() < permissionDeniedUntilMs)
        log.info(
          { until: new Date(permissionDeniedUntilMs).toISOString() },
          'WeChat said that this account may not send customer-service messages: until it is asked again, late answers are ' +
            'kept for the next message (LATE_REPLY=customer-service overrides it)',
        );
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
