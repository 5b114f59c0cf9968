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

/** Caches one credential in this process and renews it. */
export interface CredentialCache {
  /** Returns the current credential. In its last minutes it is served while the next one is fetched. */
  get(): Promise<Credential>;
  /** Requests a new credential now. */
  refresh(wish: Exclude<RefreshMode, 'next'>): Promise<Credential>;
  /** Drops a credential that WeChat refused, if it is still the current one. Never throws. */
  reject(value: string, errcode?: number): Promise<void>;
  /**
   * Starts to renew the credential before it expires, even without requests. The first request still fetches the first
   * one.
   */
  start(): void;
  /** Ends the renewals. Resolves once the fetch under way, if any, has ended. Never rejects. */
  stop(): Promise<void>;
  /** Returns the cached credential, valid or not. */
  peek(): Credential | undefined;
  /** Returns the last failure, until a fetch succeeds. */
  lastFailure(): { readonly error: unknown; readonly untilMs: number } | undefined;
}

/** WeChat keeps the old credential valid for this long after a renewal. */
const OVERLAP_MS = 300_000;
/** Spreads the processes' renewals over the start of the overlap. Earlier, the stable channel repeats itself. */
const JITTER_MS = 20_000;
/** Shortest delay of a renewal, unless half of the lifetime is shorter. */
const MIN_RENEWAL_DELAY_MS = 60_000;
/** Node's timers are limited to 24 days. */
const MAX_TIMER_MS = 86_400_000;

interface Failure {
  readonly error: unknown;
  /** Number of failures in a row. */
  readonly times: number;
  readonly restMs: number;
  readonly untilMs: number;
  readonly secretDigest: string | undefined;
}

export function createCredentialCache(deps: {
  readonly source: CredentialSource;
  readonly clock: Clock;
  readonly log: Logger;
  /** Name in the log: `access token`, `jsapi ticket`. */
  readonly what: string;
  /** Fields of every log line. */
  readonly fields: object;
  /** Is told of each credential that this process holds. */
  readonly onHeld?: (value: string) => void;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
}): CredentialCache {
  const { source, clock, log, what, fields, onHeld, random = Math.random } = deps;

  let held: (SharedCredential & { readonly renewAtMs: number }) | undefined;
  /** Fence of the newest credential so far. */
  let after = 0;
  /** The last refused credential, until there is another. */
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
    await flight.catch(() => {}); // it may have begun in another mode
    return refresh(wish);
  }

  /** Returns the last failure, unless it happened under another AppSecret. */
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
    if (held?.value !== shared.value) onHeld?.(shared.value);
    held = { ...shared, renewAtMs: Math.max(inOverlapMs, soonestMs) };
    after = Math.max(after, shared.fence);
    failed = undefined;
    lastFailure = undefined;
    scheduleRenewal(held.renewAtMs);
    return shared;
  }

  function recordFailure(error: unknown, secretDigest: string | undefined): never {
    if (error === lastFailure?.error) throw error; // logged already
    const times = lastFailure?.secretDigest === secretDigest ? (lastFailure?.times ?? 0) + 1 : 1;
    const restMs = backoffMs(error, times);
    const untilMs = clock.now() + restMs;
    lastFailure = { error, times, restMs, untilMs, secretDigest };
    log.warn(
      { ...fields, err: error, stillHeld: holdsValid(), restMs },
      `credential fetch failed: no ${what}, retry scheduled`,
    );
    if (holdsValid()) scheduleRenewal(untilMs); // without a valid credential, the next request renews it
    throw error;
  }

  /** Schedules the renewal that a later request would cause. */
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
    async stop() {
      started = false;
      cancelTimer?.();
      await flight?.catch(() => {}); // logged
    },
    peek: () => held,
    lastFailure: failureNow,
  };
}
