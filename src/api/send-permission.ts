import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { KeyValueStore } from '../ports/key-value-store.js';
import { toOpenId, type AppId } from '../protocol/ids.js';
import type { Api } from './client.js';
import {
  afterAnswer,
  isDue,
  later,
  leased,
  permissionSaid,
  readPermissionFact,
  type PermissionFact,
} from './send-permission-fact.js';

/** An OpenID without a user: WeChat's have 28 characters. */
export const NOBODY = toOpenId('nobody');
/** Longest time until this process learns a permission from another one. */
const POLL_INTERVAL_MS = 30_000;
const UNKNOWN_POLL_INTERVAL_MS = 1_000;
/** Longest wait of a delivery for the first answer. */
const SETTLE_TIMEOUT_MS = 3_000;
/** Each lost round was won by another process; more rounds are not contention but a fault. */
const MAX_ROUNDS = 100;
const TTL_MS = 90 * 86_400_000;

/**
 * Knows whether an account may send customer-service messages. One of all processes on a store asks WeChat at start and
 * once a day, never by a message to a user. Nothing waits for the answer.
 */
export interface SendPermission {
  readonly state: 'granted' | 'denied' | 'unknown';
  /** Time of WeChat's answer, Unix ms. */
  readonly saidAtMs: number | undefined;
  /** Resolves once the permission is known, or the question failed. */
  settled(): Promise<void>;
  /** Records that WeChat refused a message with 48001 (no permission). Never rejects. */
  denied(): Promise<void>;
  /** Asks WeChat now: its answer replaces what is known. Resolves once it came, or the question failed. */
  askAgain(): Promise<void>;
  /** Reads the stored permission, then starts to ask. */
  start(): Promise<void>;
  stop(): void;
}

export function createSendPermission(deps: {
  readonly appId: AppId;
  readonly typing: Api['messages']['typing'];
  readonly store: KeyValueStore;
  readonly clock: Clock;
  readonly log: Logger;
}): SendPermission {
  const { appId, typing, store, clock, log } = deps;
  const name = `${appId}:send-permission`;
  let known: PermissionFact = {};
  let stopped = false;
  let cancel: (() => void) | undefined;
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => (settle = resolve));

  /** Compares and sets until it succeeds or `change` returns nothing. Without the store it changes the local copy. */
  async function update(
    change: (fact: PermissionFact, nowMs: number) => PermissionFact | undefined,
  ): Promise<boolean> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const nowMs = clock.now();
      try {
        const raw = await store.get(name, nowMs);
        const fact = later(readPermissionFact(raw), known);
        const next = change(fact, nowMs);
        learn(next ?? fact);
        if (next === undefined) return false;
        const swap = { name, expected: raw, next: JSON.stringify(next), nowMs, ttlMs: TTL_MS };
        if (await store.compareAndSet(swap)) return true;
      } catch (error) {
        log.debug({ err: error }, 'store unavailable: the send permission is not shared');
        const next = change(known, nowMs);
        learn(next ?? known);
        return next !== undefined;
      }
    }
    return false;
  }

  function learn(fact: PermissionFact): void {
    const before = known;
    known = fact;
    if (fact.state !== undefined) settle();
    if (fact.state === before.state) return;
    if (fact.state === 'granted')
      log.info({}, 'send permission granted: late answers are sent as customer-service messages');
    if (fact.state === 'denied')
      log.warn(
        {},
        'send permission denied: WeChat refuses customer-service messages (48001), so late answers are kept for the next ' +
          'message of their user; WeChat is asked again at the next start and once a day',
      );
  }

  /** Asks WeChat. `undefined`: no answer. */
  async function ask(): Promise<'granted' | 'denied' | undefined> {
    try {
      await typing({ touser: NOBODY, command: 'CancelTyping' });
      return 'granted';
    } catch (error) {
      const said = permissionSaid(error);
      if (said === undefined)
        log[known.failures === undefined ? 'warn' : 'debug'](
          { err: error, state: known.state ?? 'unknown' },
          'send permission unknown: WeChat could not be asked, retry scheduled',
        );
      return said;
    }
  }

  async function askIf(isWanted: (fact: PermissionFact, nowMs: number) => boolean): Promise<void> {
    const mine = await update((fact, nowMs) => (isWanted(fact, nowMs) ? leased(fact, nowMs) : undefined));
    if (!mine) return;
    const said = await ask();
    await update((fact, nowMs) => afterAnswer(fact, said, nowMs));
    settle();
  }

  async function tick(atStart: boolean): Promise<void> {
    await askIf((fact, nowMs) => isDue(fact, nowMs, atStart));
    if (stopped) return;
    const delayMs = known.state === undefined ? UNKNOWN_POLL_INTERVAL_MS : POLL_INTERVAL_MS;
    cancel = clock.schedule(delayMs, () => void tick(false), { background: true });
  }

  return {
    get state() {
      return known.state ?? 'unknown';
    },
    get saidAtMs() {
      return known.saidAtMs;
    },
    settled: () => settled,
    async denied() {
      await update((fact, nowMs) => afterAnswer(fact, 'denied', nowMs));
    },
    askAgain: () => askIf(() => true),
    async start() {
      await update(() => undefined);
      clock.schedule(SETTLE_TIMEOUT_MS, settle, { background: true });
      void tick(true);
    },
    stop() {
      stopped = true;
      cancel?.();
      settle();
    },
  };
}
