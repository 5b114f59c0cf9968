import { ApiRefused } from '../api/api-error.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { StateStore } from '../ports/state-store.js';
import type { AppId } from '../protocol/ids.js';

/** The account lacks the right to send. Source: 全局返回码, 48001. */
const NO_RIGHT = 48001;

export const lacksRight = (error: unknown): boolean =>
  error instanceof ApiRefused && error.errcode === NO_RIGHT;

/** How an answer travels that is not ready in time: as a customer-service message, or with the next passive reply. */
export type LateRoad = 'customer-service' | 'passive-only';

/** `auto`: customer-service until WeChat says that the account lacks the right. */
export type LateReplyMode = LateRoad | 'auto';

/** WeChat is asked again after this whether the account still lacks the right. */
const REFUSED_FOR_MS = 24 * 3_600_000;
/** WeChat counts the failures of a callback over this time, and raises an alarm at thirty. Source: 接口报警. */
const HELD_PER_MS = 5 * 60_000;
/** What another process learned is known here after this, at the latest. */
const LOOK_EVERY_MS = 30_000;

/** The late road of one account, as far as anybody knows. */
export interface Road {
  /** Known without waiting: it is asked for with every push. */
  readonly now: LateRoad;
  /** False where the configuration pins the customer-service road: what it cannot carry is not kept. */
  readonly mayKeep: boolean;
  /** What is said to a user whose answer is kept. */
  readonly notice: string;
  /** Nothing is sent before: WeChat's limits per minute concern all that the account sends. Each process learns it. */
  pausedUntilMs: number;
  /** Counts one more push whose tries are left without an answer. False: there are too many already. Never rejects. */
  mayHold(): Promise<boolean>;
  /** WeChat refused a customer-service message for want of the right (48001). Never throws. */
  refused(): Promise<void>;
  /** Looks what the others have learned, now and from time to time. */
  start(): Promise<void>;
  stop(): void;
}

export function createRoad(deps: {
  readonly appId: AppId;
  readonly mode: LateReplyMode;
  readonly notice: string;
  readonly heldPer5Min: number;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
}): Road {
  const { appId, mode, notice, heldPer5Min, store, clock, log } = deps;
  const name = `${appId}:late-road`;
  let refusedUntilMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    try {
      const until = Number((await store.fact(name, clock.now())) ?? Number.NEGATIVE_INFINITY);
      if (until > refusedUntilMs) refusedUntilMs = until;
    } catch (error) {
      log.debug({ err: error }, 'it could not be looked up which road late answers take');
    }
    if (stopped) return;
    cancel = clock.schedule(LOOK_EVERY_MS, () => void look(), { background: true });
  }

  return {
    get now() {
      if (mode !== 'auto') return mode;
      return clock.now() < refusedUntilMs ? 'passive-only' : 'customer-service';
    },
    mayKeep: mode !== 'customer-service',
    notice,
    pausedUntilMs: 0,
    async mayHold() {
      const held = { name: `${appId}:held`, limit: heldPer5Min, perMs: HELD_PER_MS, nowMs: clock.now() };
      try {
        return await store.admit(held);
      } catch {
        return false;
      }
    },
    async refused() {
      if (mode !== 'auto' || clock.now() < refusedUntilMs) return;
      const nowMs = clock.now();
      refusedUntilMs = nowMs + REFUSED_FOR_MS;
      log.warn(
        { errcode: NO_RIGHT },
        'this account may not send customer-service messages: late answers are kept for the next message of their user; ' +
          'WeChat is asked again in 24 h (LATE_REPLY=passive-only says so from the start)',
      );
      try {
        const expected = await store.fact(name, nowMs);
        const next = String(refusedUntilMs);
        await store.changeFact({ name, expected, next, nowMs, keepMs: REFUSED_FOR_MS });
      } catch (error) {
        log.debug({ err: error }, 'the other processes could not be told which road late answers take');
      }
    },
    async start() {
      if (mode !== 'auto') return;
      await look();
      if (clock.now() < refusedUntilMs)
        log.info(
          { until: new Date(refusedUntilMs).toISOString() },
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
