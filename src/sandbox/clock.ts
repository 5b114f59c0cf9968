/** Time as the sandbox sees it. Of the same shape as other parts' clocks, so that one clock can move them all in a test. */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, `delayMs` from now. Returns its cancellation. */
  schedule(delayMs: number, run: () => void, options?: { background?: boolean }): () => void;
  /** Moves time on and runs what falls due on the way, each at its own time. */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
  stop(): void;
}

/** More timers than this within one `advance` means that one re-arms itself without moving time. */
const MAX_RUNS = 1_000_000;

/** The machine's clock, with a lead that only grows. */
export function createMovableClock(): SandboxClock & { readonly movedMs: number } {
  const timers = new Set<Timer>();
  let leadMs = 0;
  const now = (): number => Date.now() + leadMs;

  function arm(dueMs: number, run: () => void, background: boolean): () => void {
    let handle: NodeJS.Timeout;
    const timer: Timer = {
      dueMs,
      run,
      stop() {
        clearTimeout(handle);
        timers.delete(timer);
      },
    };
    const wait = (): void => {
      // setTimeout takes no more than 2^31 - 1 ms, and may be a touch early.
      handle = setTimeout(
        () => {
          if (now() < dueMs) return wait();
          timers.delete(timer);
          run();
        },
        Math.min(Math.max(0, dueMs - now()), 2_147_483_647),
      );
      if (background) handle.unref();
    };
    timers.add(timer);
    wait();
    return () => timer.stop();
  }

  return {
    now,
    get movedMs() {
      return leadMs;
    },
    schedule: (delayMs, run, options) => arm(now() + Math.max(0, delayMs), run, options?.background === true),
    async advance(ms) {
      const endMs = now() + ms;
      await settle();
      for (let runs = 0; runs < MAX_RUNS; runs += 1) {
        const next = [...timers].reduce<Timer | undefined>(earlier, undefined);
        if (next === undefined || next.dueMs > endMs) break;
        leadMs += Math.max(0, next.dueMs - now());
        next.stop();
        next.run();
        await settle();
      }
      leadMs += Math.max(0, endMs - now());
    },
  };
}

function earlier(first: Timer | undefined, second: Timer): Timer {
  return first === undefined || second.dueMs < first.dueMs ? second : first;
}

/** Lets promise chains run dry. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
