import type { UnreachableKind } from '../api-error.js';

/**
 * `failed`: calls were not answered; `slow`: clearly slower than another. Neither is used while another host is
 * healthy.
 */
export type HealthState = 'trusted' | 'failed' | 'slow';

/** Good probes in a row before a host is used again. */
const GOOD_PROBES = 3;
/** Shortest pause of a failed host; it doubles each time the host fails within `RELAPSE_MS` of its return. */
const BACKOFF_MS = { first: 30_000, longest: 600_000 };
const RELAPSE_MS = 300_000;
/** Unusable answers in a row that count as a failure. A single one may be the fault of one API. */
const ODD_ANSWERS = 3;
/** Slow probes in a row that count as slow. */
const SLOW_PROBES = 2;
/** Weight of the newest probe. */
const NEWEST = 0.4;

/** Thresholds for changing to another host and back; the gap between them prevents flapping. */
const isMuchSlower = (ms: number, bestMs: number): boolean => ms > 2 * bestMs + 200;
const isAsFast = (ms: number, bestMs: number): boolean => ms <= 1.5 * bestMs + 100;

/** The health of one access point. It gets the time as parameters. */
export class Host {
  /** Base address without a trailing slash. */
  readonly base: string;
  /** Name for logs, without path and credentials. */
  readonly name: string;
  trust: HealthState = 'trusted';
  /** Smoothed duration of the probes. `undefined`: none was answered yet. */
  answerMs: number | undefined;
  /** Number of answered and failed calls, without probes. */
  readonly calls = { answered: 0, failed: 0 };
  lastFailure: { readonly kind: UnreachableKind; readonly atMs: number } | undefined;
  /** Failed probes in a row. */
  badInARow = 0;
  lostAtMs = 0;

  #goodInARow = 0;
  #oddInARow = 0;
  #slowInARow = 0;
  #restMs = BACKOFF_MS.first;
  #regainedAtMs = -Infinity;

  constructor(base: string) {
    this.base = base.replace(/\/+$/, '');
    this.name = URL.canParse(base) ? new URL(base).host : 'unreadable address';
  }

  get isHealthy(): boolean {
    return this.trust === 'trusted';
  }

  /** True if it is healthy, but the last probe was slow. */
  get isDoubtful(): boolean {
    return this.isHealthy && this.#slowInARow > 0;
  }

  /** Records an answered call, even a refused one. */
  answered(): void {
    this.#oddInARow = 0;
  }

  /** Records a call or a probe without a usable answer. True if the host becomes unhealthy. */
  failed(kind: UnreachableKind, nowMs: number): boolean {
    this.lastFailure = { kind, atMs: nowMs };
    this.#goodInARow = 0;
    // The host itself works: a reused connection broke, or one API fails.
    if (
      kind === 'connection-lost' ||
      kind === 'too-large' ||
      kind === 'server-error' ||
      kind === 'not-json'
    ) {
      this.#oddInARow += 1;
      if (this.#oddInARow < ODD_ANSWERS && this.isHealthy) return false;
    }
    return this.#lose('failed', nowMs);
  }

  /** Records an answered probe. `bestMs`: the fastest other healthy host. True if the host becomes slow. */
  probed(ms: number, bestMs: number | undefined, nowMs: number): boolean {
    this.answerMs = this.answerMs === undefined ? ms : NEWEST * ms + (1 - NEWEST) * this.answerMs;
    this.badInARow = 0;
    this.#oddInARow = 0;
    this.#goodInARow = bestMs === undefined || isAsFast(this.answerMs, bestMs) ? this.#goodInARow + 1 : 0;
    if (bestMs === undefined || !isMuchSlower(this.answerMs, bestMs)) {
      this.#slowInARow = 0;
      return false;
    }
    this.#slowInARow += 1;
    return this.isHealthy && this.#slowInARow >= SLOW_PROBES && this.#lose('slow', nowMs);
  }

  /** Marks the host as healthy after its pause and, if there are probes, enough good ones. True if it changes. */
  recover(nowMs: number, { isProbed }: { isProbed: boolean }): boolean {
    if (this.isHealthy || nowMs < this.lostAtMs + this.#restMs) return false;
    if (isProbed && this.#goodInARow < GOOD_PROBES) return false;
    this.trustAgain(nowMs);
    return true;
  }

  /** Marks the host as healthy, because it answers and no other does. */
  trustAgain(nowMs: number): void {
    this.trust = 'trusted';
    this.#regainedAtMs = nowMs;
    this.#oddInARow = 0;
    this.#slowInARow = 0;
  }

  #lose(trust: HealthState, nowMs: number): boolean {
    const hadTrust = this.isHealthy;
    if (hadTrust) {
      const isRelapse = nowMs - this.#regainedAtMs < RELAPSE_MS;
      this.#restMs = isRelapse ? Math.min(this.#restMs * 2, BACKOFF_MS.longest) : BACKOFF_MS.first;
    }
    this.trust = trust;
    this.lostAtMs = nowMs;
    this.#goodInARow = 0;
    return hadTrust;
  }
}
