import type { UnreachableKind } from '../api-error.js';

/** `failed`: calls did not get through; `slow`: clearly slower than another. Neither gets calls while another can. */
export type HealthState = 'trusted' | 'failed' | 'slow';

/** Good probes in a row before a host gets calls again. */
const GOOD_PROBES = 3;
/** A host rests for so long at least; twice as long each time it fails within `RELAPSE_MS` of its return. */
const BACKOFF_MS = { first: 30_000, longest: 600_000 };
const RELAPSE_MS = 300_000;
/** Odd answers in a row that count as a failure. One may be the fault of a single API behind the host. */
const ODD_ANSWERS = 3;
/** Slow probes in a row that count as slow. */
const SLOW_PROBES = 2;
/** Weight of the newest probe. */
const NEWEST = 0.4;

/** What to call much slower and what to call as fast; the gap between the two keeps hosts from taking turns. */
const isMuchSlower = (ms: number, bestMs: number): boolean => ms > 2 * bestMs + 200;
const isAsFast = (ms: number, bestMs: number): boolean => ms <= 1.5 * bestMs + 100;

/** One access point: how it did, and whether calls should go there. Knows nothing of time but what it is told. */
export class Host {
  /** Without a slash at its end. */
  readonly base: string;
  /** Without path and credentials: what logs may name. */
  readonly name: string;
  trust: HealthState = 'trusted';
  /** Of the probes, smoothed. Undefined: none was answered yet. */
  answerMs: number | undefined;
  /** Calls answered and calls that failed, probes apart. */
  readonly calls = { answered: 0, failed: 0 };
  lastFailure: { readonly kind: UnreachableKind; readonly atMs: number } | undefined;
  /** Probes without an answer, in a row. */
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

  /** Still trusted, but the last probe was slow. */
  get isDoubtful(): boolean {
    return this.isHealthy && this.#slowInARow > 0;
  }

  /** A call was answered, by yes or by no. */
  answered(): void {
    this.#oddInARow = 0;
  }

  /** A call or a probe got no usable answer. True when that cost the host its trust. */
  failed(kind: UnreachableKind, nowMs: number): boolean {
    this.lastFailure = { kind, atMs: nowMs };
    this.#goodInARow = 0;
    // The host is there and speaks: a kept connection that broke, one API that is ill.
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

  /** A probe was answered. `bestMs`: the fastest other host that is trusted. True when it turned out slow. */
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

  /** Trusts the host again where it has rested and, if there are probes, these were good. True when it does so now. */
  recover(nowMs: number, { isProbed }: { isProbed: boolean }): boolean {
    if (this.isHealthy || nowMs < this.lostAtMs + this.#restMs) return false;
    if (isProbed && this.#goodInARow < GOOD_PROBES) return false;
    this.trustAgain(nowMs);
    return true;
  }

  /** For a host that answers where no other does. */
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
