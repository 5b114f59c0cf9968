import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { backoffMs } from './fetch-backoff.js';
import {
  isFreshReplacement,
  type Credential,
  type CredentialSource,
  type SharedCredential,
  type RefreshMode,
} from './credential.js';
import { isFutureWithin } from './clock-skew.js';

/** One credential in this process. */
export interface CredentialCache {
  /** The present one. In the last minutes of its life it is served while the next one is obtained. */
  get(): Promise<Credential>;
  /** Asks for a new one now. */
  refresh(wish: Exclude<RefreshMode, 'next'>): Promise<Credential>;
  /** WeChat refused it. Drops it if it is still the present one; never throws. */
  reject(value: string, errcode?: number): Promise<void>;
  /** From now on it is renewed in its time, asked for or not. The first one is still fetched for the first who asks. */
  start(): void;
  stop(): void;
  /** What is held, valid or not. */
  peek(): Credential | undefined;
  /** What went wrong last, until it goes right again. */
  lastFailure(): { readonly error: unknown; readonly untilMs: number } | undefined;
}

/** WeChat keeps the old one valid for so long beside the new one. */
const OVERLAP_MS = 300_000;
/** Spreads the processes' renewals over the start of the overlap. Earlier, the stable channel repeats itself. */
const JITTER_MS = 20_000;
/** The soonest that one of short life is renewed, unless half its life is shorter. */
const MIN_RENEWAL_DELAY_MS = 60_000;
/** Node's timers know no longer waits than 24 days. */
const MAX_TIMER_MS = 86_400_000;

interface Failure {
  readonly error: unknown;
  /** In a row. */
  readonly times: number;
  readonly restMs: number;
  readonly untilMs: number;
  readonly secretDigest: string | undefined;
}

export function createCredentialCache(deps: {
  readonly source: CredentialSource;
  readonly clock: Clock;
  readonly log: Logger;
  /** For the log: `access token`, `jsapi ticket`. */
  readonly what: string;
  /** Bound to every log line. */
  readonly fields: object;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
}): CredentialCache {
  const { source, clock, log, what, fields, random = Math.random } = deps;

  let held: (SharedCredential & { readonly renewAtMs: number }) | undefined;
  /** Fence of the newest that was held. */
  let after = 0;
  /** The one refused last, until another is held. */
  let failed: string | undefined;
  let flight: Promise<SharedCredential> | undefined;
  let lastFailure: Failure | undefined;
  let started = false;
  let cancelTimer: (() => void) | undefined;

  function renew(wish: RefreshMode = 'due'): Promise<SharedCredential> {
    const secretDigest = source.secretDigest?.();
    flight ??= obtain(wish)
      .then(hold, (error: unknown) =>
        wish === 'due' ? recordFailure(error, secretDigest) : Promise.reject(error),
      )
      .finally(() => {
        flight = undefined;
      });
    return flight;
  }

  async function refresh(wish: RefreshMode): Promise<SharedCredential> {
    if (flight === undefined) return renew(wish);
    await flight.catch(() => {}); // it may have begun with another wish
    return refresh(wish);
  }

  /** What failed under a secret that is no longer the present one does not count. */
  function failureNow(): Failure | undefined {
    return lastFailure?.secretDigest === source.secretDigest?.() ? lastFailure : undefined;
  }

  function obtain(wish: RefreshMode): Promise<SharedCredential> {
    const failure = failureNow();
    const resting =
      wish === 'due' && failure !== undefined && isFutureWithin(failure.untilMs, clock.now(), failure.restMs);
    return source.obtain({
      mode: wish,
      after,
      failed,
      ...(resting && failure !== undefined && { backoff: failure }),
    });
  }

  function hold(shared: SharedCredential): SharedCredential {
    const nowMs = clock.now();
    const inOverlapMs = shared.expiresAtMs - OVERLAP_MS + random() * JITTER_MS;
    const soonestMs = nowMs + Math.min(MIN_RENEWAL_DELAY_MS, (shared.expiresAtMs - nowMs) / 2);
    held = { ...shared, renewAtMs: Math.max(inOverlapMs, soonestMs) };
    after = Math.max(after, shared.fence);
    failed = undefined;
    lastFailure = undefined;
    scheduleRenewal(held.renewAtMs);
    return shared;
  }

  function recordFailure(error: unknown, secretDigest: string | undefined): never {
    if (error === lastFailure?.error) throw error; // said already
    const times = lastFailure?.secretDigest === secretDigest ? (lastFailure?.times ?? 0) + 1 : 1;
    const restMs = backoffMs(error, times);
    const untilMs = clock.now() + restMs;
    lastFailure = { error, times, restMs, untilMs, secretDigest };
    log.warn({ ...fields, err: error, stillHeld: holdsValid(), restMs }, `no ${what} could be had`);
    if (holdsValid()) scheduleRenewal(untilMs); // with nothing left to serve, the next who asks is soon enough
    throw error;
  }

  /** The timer does what a caller would have done then. */
  function scheduleRenewal(atMs: number): void {
    cancelTimer?.();
    if (!started) return;
    const delayMs = Math.min(Math.max(0, atMs - clock.now()), MAX_TIMER_MS);
    cancelTimer = clock.schedule(delayMs, renewInTime, { background: true });
  }

  function renewInTime(): void {
    if (held !== undefined && clock.now() < held.renewAtMs && failed === undefined)
      scheduleRenewal(held.renewAtMs);
    else renew().catch(() => {}); // logged; the old one serves to its end
  }

  function holdsValid(): boolean {
    return held !== undefined && clock.now() < held.expiresAtMs;
  }

  return {
    async get() {
      if (held === undefined || !holdsValid()) return renew();
      if (clock.now() >= held.renewAtMs) renew().catch(() => {}); // logged; the old one serves to its end
      return held;
    },
    refresh,
    async reject(value, errcode) {
      if (held !== undefined && (held.value !== value || isFreshReplacement(held, clock.now()))) return;
      held = undefined;
      failed = value;
      const goOnWith = await source.reject(value, errcode);
      if (goOnWith !== undefined && held === undefined) hold(goOnWith);
    },
    start() {
      started = true;
      void source.peek().then((standing) => {
        if (started && held === undefined && standing !== undefined) hold(standing);
      });
    },
    stop() {
      started = false;
      cancelTimer?.();
    },
    peek: () => held,
    lastFailure: failureNow,
  };
}
