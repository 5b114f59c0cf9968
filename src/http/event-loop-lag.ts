const SAMPLE_INTERVAL_MS = 100;
/** A reading that is late by more than this means that the event loop was blocked. */
const LAG_THRESHOLD_MS = 100;
/** Requests may date from within a block for this long after it, because they are accepted and read one by one. */
const RECOVERY_MS = 50;

/** Measures how long a request may have waited while a handler blocked the event loop. */
export interface EventLoopLag {
  /** Milliseconds; 0 except just after a block. */
  readonly lagMs: number;
  stop(): void;
}

/**
 * Monitors the event loop. WeChat's five seconds start when a push reaches this machine. Requests that arrive while the
 * loop is blocked are dated from the start of the block: the earliest they can have arrived.
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
