/** The clock of the sandbox. It has the shape of the server's clock, so that a test can move both together. */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, `delayMs` from now. Returns its cancellation. */
  schedule(delayMs: number, run: () => void, options?: { background?: boolean }): () => void;
  /** Advances time and runs due timers, each at its own time. */
  advance(ms: number): Promise<void>;
  /** Returns to the machine's time; timers keep the time that they have left. Absent: the clock belongs to a test. */
  turnBack?(): void;
}

interface Timer {
  dueMs: number;
  readonly run: () => void;
  /** Waits until it is due, from now on. */
  wait(): void;
  stop(): void;
}

/** More timers than this within one `advance` means that one reschedules itself without a delay. */
const MAX_RUNS = 1_000_000;

/** Creates a clock that is ahead of the machine's by an amount that only grows. */
export function createMovableClock(): SandboxClock & { readonly movedMs: number } {
  const timers = new Set<Timer>();
  let leadMs = 0;
  const now = (): number => Date.now() + leadMs;

  function arm(dueMs: number, run: () => void, background: boolean): () => void {
    let handle: NodeJS.Timeout | undefined;
    const timer: Timer = {
      dueMs,
      run,
      wait,
      stop() {
        clearTimeout(handle);
        timers.delete(timer);
      },
    };
    function wait(): void {
      clearTimeout(handle);
      // setTimeout allows at most 2^31 - 1 ms, and may fire slightly early.
      handle = setTimeout(
        () => {
          if (now() < timer.dueMs) return wait();
          timers.delete(timer);
          run();
        },
        Math.min(Math.max(0, timer.dueMs - now()), 2_147_483_647),
      );
      if (background) handle.unref();
    }
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
    turnBack() {
      const back = leadMs;
      leadMs = 0;
      for (const timer of timers) {
        timer.dueMs -= back;
        timer.wait();
      }
    },
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

/** Waits until pending promise chains have run. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
