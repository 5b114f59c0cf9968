import type { Clock } from '../../ports/clock.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Logger } from '../../ports/logger.js';
import type { UnreachableKind } from '../api-error.js';
import type { Host } from './host.js';
import type { HostSelector } from './active-host.js';
import { probe, type ProbeResult } from './probe.js';

/** All hosts are compared so often while there is traffic. */
const COMPARE_INTERVAL_MS = 300_000;
/** A host that is not trusted is probed so often; half as often again with each probe that fails. */
const UNHEALTHY_MS = { first: 10_000, longest: 300_000 };
/** Calls that take longer than this on average bring a comparison forward, at most once in `COMPARE_SOON_MS`. */
const SLOW_MS = 1_000;
const COMPARE_SOON_MS = 60_000;
const NEWEST_CALL = 0.1;
/** A call without an answer for so long, from a host that answers nobody else either, has the host checked. */
export const STALL_MS = 600;
/** How much longer than twice the fastest other host it may then take to answer, and how often this is asked. */
const CHECK_MS = 800;
const MIN_CHECK_INTERVAL_MS = 5_000;
/** How much longer than the first answer the others are waited for: then the order of the configuration counts. */
const GRACE_MS = 20;

/**
 * Probes hosts in the background: all of them now and then while there are calls, those that lost their trust until
 * they have it again, and the rest at once when the current one is lost. Without calls and suspicions nothing is armed.
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

  /** Whether probes decide who is well. */
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

  /** A call was answered. `tookMs` where it was light enough to say something of the host. */
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

  /** A call got no usable answer. */
  failed(host: Host, kind: UnreachableKind, why: string): void {
    if (host.failed(kind, this.#deps.clock.now())) this.#lost(host, why);
  }

  /**
   * A call waits. Where the host went dark under connections that stand, calls would go on into it until the first of
   * them times out: so it is asked something easy, and has to be about as fast as another.
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
    // Rejects where nobody answers: then it is our own line, and moving would not help.
    const otherMs = await Promise.any(this.#selector.others().map((other) => this.#answerMs(other)));
    await this.#pass(CHECK_MS + otherMs);
    if (isAnswered || !this.#isOn) return;
    this.failed(host, 'answer-timeout', `nothing for ${clock.now() - nowMs + STALL_MS} ms`);
  }

  /** Gives hosts their trust back where they earned it, and calls to the first of them. */
  recover(): void {
    const nowMs = this.#deps.clock.now();
    for (const host of this.#hosts) {
      if (host.recover(nowMs, { isProbed: this.#isOn }))
        this.#deps.log.info({ accessPoint: host.name }, 'access point is well again');
    }
    this.#selector.returnToFirst();
  }

  #afterCall(tookMs: number | undefined): void {
    if (tookMs !== undefined) this.#callMs = NEWEST_CALL * tookMs + (1 - NEWEST_CALL) * this.#callMs;
    const nextMs = this.#comparedAtMs + COMPARE_SOON_MS;
    if (this.#callMs > SLOW_MS && this.#deps.clock.now() >= nextMs) this.#schedule(0);
    else if (this.#cancel === undefined) this.#schedule(COMPARE_INTERVAL_MS);
  }

  /** A host lost its trust. If calls went there, whoever of the others answers a probe first takes over. */
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
      await this.#pass(Math.max(GRACE_MS, ms / 2));
      const next = candidates.find((host) => answered.has(host) && host.isHealthy);
      if (next !== undefined && !this.#selector.current.isHealthy) {
        this.#selector.moveTo(next, 'the one before failed');
      }
    } catch {
      // Nobody answered: calls try them all, and the next round looks again.
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
    // Where nobody is suspected, the next call arms the next round.
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

  /** @throws where it does not answer */
  async #answerMs(host: Host): Promise<number> {
    const result = await this.#probe(host);
    if (!result.ok) throw new Error(result.why);
    return result.ms;
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.schedule(ms, resolve, { background: true });
    });
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
