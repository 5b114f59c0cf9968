const SAMPLE_INTERVAL_MS = 100;
/** The loop counts as held up when a look comes this much too late. */
const LAG_THRESHOLD_MS = 100;
/** So long after the hold-up requests may still be from within it: they are accepted and read one after the other. */
const RECOVERY_MS = 50;

/** Tells how long a request may have waited unseen, because a handler held the event loop up. */
export interface EventLoopLag {
  /** 0 but for the moments after a hold-up. Milliseconds. */
  readonly lagMs: number;
  stop(): void;
}

/**
 * Watches the event loop. WeChat's five seconds run from when a push reached this machine, and while the loop is held up
 * nobody sees it come: it is then taken to have come when the hold-up began, which is never too late.
 */
export function monitorEventLoopLag(): EventLoopLag {
  let lookedAtMs = performance.now();
  let began = 0;
  let ended = Number.NEGATIVE_INFINITY;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - lookedAtMs > SAMPLE_INTERVAL_MS + LAG_THRESHOLD_MS) {
      began = lookedAtMs;
      ended = nowMs;
    }
    lookedAtMs = nowMs;
  }, SAMPLE_INTERVAL_MS);
  timer.unref();
  return {
    get lagMs() {
      if (ended < 0) return 0;
      const nowMs = performance.now();
      return nowMs - ended > RECOVERY_MS ? 0 : nowMs - began;
    },
    stop: () => clearInterval(timer),
  };
}
