/** What time is read from. Tests put their own in place. */
export interface TimeSources {
  /** Ms since 1970 as the machine has it; may be stepped at any moment. */
  readonly wallMs: () => number;
  /** Ms since some moment; never stepped. Stands still while the machine sleeps. */
  readonly monotonicMs: () => number;
  /** Ms since the machine started, its sleep included. */
  readonly uptimeMs: () => number;
}

/** The wall clock is looked at this often, by whoever reads the time next. */
const SAMPLE_MS = 500;
/** Differences below this are how exactly the clocks are read. */
const TOLERANCE_MS = 20;
/** How fast the time may run behind its pace: a deadline of 4.5 s comes 0.45 s late at most, within WeChat's 5 s. */
const MAX_SLOWER = 0.1;
/** How fast it may run ahead of its pace: what is written ahead of a deadline keeps most of its time. */
const MAX_FASTER = 0.2;
/** A machine that slept for longer than this has no push in hand whose sender still waits. */
const SLEPT_MS = 5_000;

/**
 * A time in ms since 1970 that is never stepped: it runs on the monotonic clock and is brought to the wall clock
 * little by little. So a deadline that is a point of this time comes when it is due, whatever NTP, an operator or a
 * hypervisor does to the machine's clock meanwhile. docs/decisions/0024-time-is-never-stepped.md
 */
export function createSteadyTime({ wallMs, monotonicMs, uptimeMs }: TimeSources): () => number {
  let sampledAtMs = monotonicMs();
  let uptimeAtMs = uptimeMs();
  let atSampleMs = wallMs();
  /** By how much the wall clock was ahead at the sample. */
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
