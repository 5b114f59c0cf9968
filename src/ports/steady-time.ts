/** The clocks of the machine. Tests replace them. */
export interface TimeSources {
  /** Unix ms of the system clock; may jump at any moment. */
  readonly wallMs: () => number;
  /** Ms since an arbitrary moment; never jumps. Stops while the machine sleeps. */
  readonly monotonicMs: () => number;
  /** Ms since the machine started, including sleep. */
  readonly uptimeMs: () => number;
}

/** The first reading of the time after this interval also samples the wall clock. */
const SAMPLE_MS = 500;
/** Smaller differences are within the precision of reading the clocks. */
const TOLERANCE_MS = 20;
/** Greatest slow-down: a deadline of 4.5 s comes 0.45 s late at most, within WeChat's 5 s. */
const MAX_SLOWER = 0.1;
/** Greatest speed-up: writes that are due before a deadline keep most of their time. */
const MAX_FASTER = 0.2;
/** After a longer sleep of the machine no attempt is still waiting. */
const SLEPT_MS = 5_000;

/**
 * Creates a clock of Unix ms that never jumps: it runs on the monotonic clock and approaches the system clock
 * gradually. So deadlines come when they are due, whatever NTP, an operator or a hypervisor does to the system clock.
 * docs/decisions/0024-time-is-never-stepped.md
 */
export function createSteadyTime({ wallMs, monotonicMs, uptimeMs }: TimeSources): () => number {
  let sampledAtMs = monotonicMs();
  let uptimeAtMs = uptimeMs();
  let atSampleMs = wallMs();
  /** Lead of the system clock at the last sample. */
  let aheadMs = 0;

  const timeAt = (elapsedMs: number): number =>
    atSampleMs + elapsedMs + Math.max(-MAX_SLOWER * elapsedMs, Math.min(aheadMs, MAX_FASTER * elapsedMs));

  function sample(nowMs: number): void {
    const elapsedMs = nowMs - sampledAtMs;
    const upMs = uptimeMs() - uptimeAtMs;
    atSampleMs = timeAt(elapsedMs);
    sampledAtMs = nowMs;
    uptimeAtMs += upMs;
    aheadMs = wallMs() - atSampleMs;
    if (Math.abs(aheadMs) <= TOLERANCE_MS) aheadMs = 0;
    if (upMs - elapsedMs <= SLEPT_MS) return;
    atSampleMs += aheadMs;
    aheadMs = 0;
  }

  return () => {
    const nowMs = monotonicMs();
    if (nowMs - sampledAtMs >= SAMPLE_MS) sample(nowMs);
    return Math.floor(timeAt(nowMs - sampledAtMs));
  };
}
