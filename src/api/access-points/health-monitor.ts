import type { Clock } from '../../ports/clock.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Logger } from '../../ports/logger.js';
import { sleep } from '../../ports/sleep.js';
import type { UnreachableKind } from '../api-error.js';
import type { Host } from './host.js';
import type { HostSelector } from './active-host.js';
import { probe, type ProbeResult } from './probe.js';

/** Interval of comparisons of all hosts while there is traffic. */
const COMPARE_INTERVAL_MS = 300_000;
/** Interval of probes of an unhealthy host; it grows with each failed probe. */
const UNHEALTHY_MS = { first: 10_000, longest: 300_000 };
/** Calls that take longer on average trigger an early comparison, at most once in `COMPARE_SOON_MS`. */
const SLOW_MS = 1_000;
const COMPARE_SOON_MS = 60_000;
const NEWEST_CALL = 0.1;
/** A host is checked if a call has waited this long and no other call was answered. */
export const STALL_MS = 600;
/** Time beyond twice the fastest other host that the check allows, and the interval of checks. */
const CHECK_MS = 800;
const MIN_CHECK_INTERVAL_MS = 5_000;
/** Time after the first answer in which other answers count as equal: then the configured order decides. */
const GRACE_MS = 20;

/**
 * Probes hosts in the background: all of them periodically while there are calls, unhealthy ones until they recover,
 * and the others at once if the current one fails. Without calls and unhealthy hosts no timer runs.
 */
export class HealthMonitor {
  readonly #hosts: readonly Host[];
  readonly #selector: HostSelector;
  readonly #deps: { readonly http: HttpClient; readonly clock: Clock; readonly log: Logger };
  readonly #random: () => number;
  #isOn = false;
  #cancel: (() => void) | undefined;
  #dueMs = Infinity;
  #seeking = false;
  #probedAtMs = new Map<Host, number>();
  #comparedAtMs = -Infinity;
  #callMs = 0;
  #checkedAtMs = -Infinity;
  #answeredAtMs = new Map<Host, number>();

  constructor(
    hosts: readonly Host[],
    selector: HostSelector,
    deps: { http: HttpClient; clock: Clock; log: Logger; random: () => number },
  ) {
    this.#hosts = hosts;
    this.#selector = selector;
    this.#deps = deps;
    this.#random = deps.random;
  }

  /** True: probes decide which hosts are healthy. */
  get isOn(): boolean {
    return this.#isOn;
  }

  start(): void {
    this.#isOn = this.#hosts.length > 1;
  }

  stop(): void {
    this.#isOn = false;
    this.#cancelTimer();
  }

  /** Records an answered call. `tookMs`: its duration, if it is short enough to measure the host. */
  answered(host: Host, tookMs: number | undefined): void {
    host.calls.answered += 1;
    host.answered();
    this.#answeredAtMs.set(host, this.#deps.clock.now());
    if (!host.isHealthy && this.#hosts.every(({ isHealthy }) => !isHealthy)) {
      host.trustAgain(this.#deps.clock.now());
      this.#selector.moveTo(host, 'it answers, and no other does');
    }
    if (this.#isOn) this.#afterCall(tookMs);
  }

  /** Records a call without a usable answer. */
  failed(host: Host, kind: UnreachableKind, why: string): void {
    if (host.failed(kind, this.#deps.clock.now())) this.#lost(host, why);
  }

  /**
   * Checks the host of a slow call. If the host failed without closing its connections, calls would use it until the
   * first timeout. So it is probed, and must answer about as fast as another host.
   */
  async onStall(host: Host): Promise<void> {
    const { clock } = this.#deps;
    const nowMs = clock.now();
    if (!this.#isOn || host !== this.#selector.current || !host.isHealthy) return;
    if (nowMs - (this.#answeredAtMs.get(host) ?? -Infinity) < STALL_MS) return;
    if (nowMs - this.#checkedAtMs < MIN_CHECK_INTERVAL_MS) return;
    this.#checkedAtMs = nowMs;
    let isAnswered = false;
    void this.#probe(host).then(() => {
      isAnswered = true;
    });
    // Rejects if no host answers: then our own network is down, and another host would not help.
    const otherMs = await Promise.any(this.#selector.others().map((other) => this.#answerMs(other)));
    await sleep(this.#deps.clock, CHECK_MS + otherMs, { background: true });
    if (isAnswered || !this.#isOn) return;
    this.failed(host, 'answer-timeout', `nothing for ${clock.now() - nowMs + STALL_MS} ms`);
  }

  /** Marks recovered hosts as healthy, and selects the first of them. */
  recover(): void {
    const nowMs = this.#deps.clock.now();
    for (const host of this.#hosts) {
      if (host.recover(nowMs, { isProbed: this.#isOn }))
        this.#deps.log.info({ accessPoint: host.name }, 'access point recovered');
    }
    this.#selector.returnToFirst();
  }

  #afterCall(tookMs: number | undefined): void {
    if (tookMs !== undefined) this.#callMs = NEWEST_CALL * tookMs + (1 - NEWEST_CALL) * this.#callMs;
    const nextMs = this.#comparedAtMs + COMPARE_SOON_MS;
    if (this.#callMs > SLOW_MS && this.#deps.clock.now() >= nextMs) this.#schedule(0);
    else if (this.#cancel === undefined) this.#schedule(COMPARE_INTERVAL_MS);
  }

  /** Handles a failed host. If it was the current one, the first other host that answers a probe replaces it. */
  #lost(host: Host, why: string): void {
    this.#deps.log.warn({ accessPoint: host.name, trust: host.trust }, `access point suspected: ${why}`);
    const isCurrent = host === this.#selector.current;
    if (this.#isOn) {
      this.#probedAtMs.set(host, this.#deps.clock.now());
      this.#schedule(UNHEALTHY_MS.first);
      if (isCurrent) void this.#seek();
      return;
    }
    const [next] = this.#selector.others();
    if (isCurrent && next !== undefined) this.#selector.moveTo(next, 'the one before failed');
  }

  async #seek(): Promise<void> {
    if (this.#seeking) return;
    this.#seeking = true;
    try {
      const answered = new Set<Host>();
      const candidates = this.#selector.others();
      const probing = candidates.map(async (host) => {
        const ms = await this.#answerMs(host);
        answered.add(host);
        return ms;
      });
      const ms = await Promise.any(probing);
      await sleep(this.#deps.clock, Math.max(GRACE_MS, ms / 2), { background: true });
      const next = candidates.find((host) => answered.has(host) && host.isHealthy);
      if (next !== undefined && !this.#selector.current.isHealthy) {
        this.#selector.moveTo(next, 'the one before failed');
      }
    } catch {
      // No host answered: calls try them all, and the next round probes again.
    } finally {
      this.#seeking = false;
    }
  }

  async #round(): Promise<void> {
    const nowMs = this.#deps.clock.now();
    const isComparison = nowMs >= this.#comparedAtMs + COMPARE_SOON_MS;
    if (isComparison) {
      this.#comparedAtMs = nowMs;
      this.#callMs = 0;
    }
    const { current } = this.#selector;
    const asked = this.#hosts.filter(
      (host) => isComparison || host === current || nowMs >= this.#nextProbeMs(host),
    );
    await Promise.all(asked.map((host) => this.#probe(host)));
    if (!this.#isOn) return;
    this.recover();
    if (!this.#selector.current.isHealthy) void this.#seek();
    // Without a suspect host, the next call schedules the next round.
    const suspects = this.#hosts.filter((host) => !host.isHealthy || host.isDoubtful);
    const dueMs = Math.min(...suspects.map((host) => this.#nextProbeMs(host)));
    if (suspects.length > 0) this.#schedule(Math.max(0, dueMs - this.#deps.clock.now()));
  }

  async #probe(host: Host): Promise<ProbeResult> {
    const { clock } = this.#deps;
    const result = await probe(host.base, this.#deps);
    const nowMs = clock.now();
    this.#probedAtMs.set(host, nowMs);
    if (!this.#isOn) return result;
    if (!result.ok) {
      host.badInARow += 1;
      if (host.failed(result.kind, nowMs)) this.#lost(host, result.why);
    } else if (host.probed(result.ms, this.#bestBeside(host), nowMs)) {
      this.#lost(host, `slow, ${Math.round(host.answerMs ?? 0)} ms`);
    }
    return result;
  }

  /** @throws if the host does not answer */
  async #answerMs(host: Host): Promise<number> {
    const result = await this.#probe(host);
    if (!result.ok) throw new Error(result.why);
    return result.ms;
  }

  #bestBeside(one: Host): number | undefined {
    const known = this.#hosts
      .filter((host) => host !== one && host.isHealthy)
      .map(({ answerMs }) => answerMs)
      .filter((ms) => ms !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #nextProbeMs(host: Host): number {
    const restMs = Math.min(UNHEALTHY_MS.first * 1.5 ** host.badInARow, UNHEALTHY_MS.longest);
    return (this.#probedAtMs.get(host) ?? -Infinity) + restMs;
  }

  #schedule(delayMs: number): void {
    const { clock } = this.#deps;
    const jittered = delayMs * (0.9 + 0.2 * this.#random());
    const dueMs = clock.now() + jittered;
    if (this.#cancel !== undefined && this.#dueMs <= dueMs) return;
    this.#cancelTimer();
    this.#dueMs = dueMs;
    const run = () => {
      this.#cancel = undefined;
      void this.#round();
    };
    this.#cancel = clock.schedule(jittered, run, { background: true });
  }

  #cancelTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
